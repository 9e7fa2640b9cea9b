package dev.waitok.lwkt.sched;

/**
 * Something that a cpu does at a time. Armed, fired and cancelled on that cpu only; the action runs
 * in a hard section.
 */
public abstract class Timer {
  long deadline;

  /** Its place in the heap, or -1. */
  int position = -1;

  /** Makes a timer that is not armed. */
  protected Timer() {}

  /** Acts; must not throw. */
  protected abstract void fire();

  /**
   * Whether it only has its thread look again at what it waits for, and so changes nothing.
   *
   * @return false unless overridden
   */
  protected boolean isRecheck() {
    return false;
  }

  /** Whether it is armed. On its cpu. */
  public final boolean isArmed() {
    return position >= 0;
  }
}
