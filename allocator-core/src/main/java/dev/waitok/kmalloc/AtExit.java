package dev.waitok.kmalloc;

/** Something that is done when the process ends, unless it is cancelled before. */
final class AtExit {
  private final Thread hook;

  private AtExit(Thread hook) {
    this.hook = hook;
  }

  /** Has an action run at the end; or not, if the end has come already. */
  static AtExit run(Runnable action) {
    Thread hook = new Thread(action, "kmalloc-exit");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The end has come already.
    }
    return new AtExit(hook);
  }

  void cancel() {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It runs, and finds the allocator closed.
    }
  }
}
