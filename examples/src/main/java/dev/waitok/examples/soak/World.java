package dev.waitok.examples.soak;

/** What a round needs of what is around it: real threads and time, or a simulation's. */
interface World {
  /** One of so many options, 0 first. From any thread. */
  int choose(int options);

  /** Lets the calling plain or I/O thread rest for a while. */
  void rest(long nanos);

  /** Starts a plain thread. */
  Task start(String name, Body body);

  /** Called by a loop of a plain thread that looks for what others do. */
  void pause();

  /** Something was achieved. */
  void progress();

  /** How large a round is. */
  Scale scale();

  /** Whether a round has done as much as it is to do after so many requests. */
  boolean isEnough(long requests);

  /** What a plain thread does. */
  @FunctionalInterface
  interface Body {
    /** Does it. */
    void run() throws Exception;
  }

  /** A plain thread. */
  @FunctionalInterface
  interface Task {
    /** Waits for its end. */
    void join() throws InterruptedException;
  }

  /**
   * How large a round is: what may be held at once stays below what the arena has, so that whoever
   * waits for memory gets some.
   *
   * @param pages of the arena
   * @param outstanding requests that are raised and not settled, at most
   * @param lines interrupt lines a cpu
   * @param loads threads that allocate and free, a cpu
   * @param held blocks that each of them has at most
   * @param readers threads that read pages, a cpu
   * @param largest bytes of a request at most
   * @param steps that a load or reader takes at most
   */
  record Scale(
      int pages,
      int outstanding,
      int lines,
      int loads,
      int held,
      int readers,
      int largest,
      long steps) {}
}
