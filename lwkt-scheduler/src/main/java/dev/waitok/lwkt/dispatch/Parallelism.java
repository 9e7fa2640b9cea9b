package dev.waitok.lwkt.dispatch;

import java.lang.management.ManagementFactory;
import jdk.management.VirtualThreadSchedulerMXBean;

/** The number of workers of the JDK's default scheduler, which busy seats would use up. */
final class Parallelism {
  private Parallelism() {}

  /**
   * Adds workers.
   *
   * @return false if this JVM does not allow it
   */
  static synchronized boolean add(int workers) {
    try {
      VirtualThreadSchedulerMXBean scheduler =
          ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
      if (scheduler == null) {
        return false;
      }
      scheduler.setParallelism(scheduler.getParallelism() + workers);
      return true;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      // No such scheduler here, or it is at jdk.virtualThreadScheduler.maxPoolSize already.
      return false;
    }
  }

  /** Takes added workers away again. */
  static synchronized void remove(int workers) {
    VirtualThreadSchedulerMXBean scheduler =
        ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    if (scheduler != null) {
      scheduler.setParallelism(Math.max(1, scheduler.getParallelism() - workers));
    }
  }
}
