package dev.waitok.lwkt.sched;

/** An interrupt whose handler always runs in its thread. */
public final class ThreadSource extends InterruptSource {
  private final Runnable handler;

  /** Makes an interrupt; see {@link InterruptSource}. */
  public ThreadSource(
      CpuScheduler cpu, String name, int priority, Object face, Runnable handler, Runnable ended) {
    super(cpu, name, priority, face, ended);
    this.handler = handler;
  }

  @Override
  void handle() {
    handler.run();
  }
}
