package dev.waitok.examples.replay;

/** What the threads of a replay do between its events. */
public interface Pace {
  /**
   * Asked before every event.
   *
   * @param thread the number of the asking thread
   * @return false to end the replay here
   */
  boolean mayContinue(int thread);

  /**
   * Lets others run, while a thread waits for what another one has to do first.
   *
   * @param tries how often it has been called for the same event before
   */
  void pause(int tries);
}
