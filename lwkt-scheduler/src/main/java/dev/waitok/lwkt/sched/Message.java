package dev.waitok.lwkt.sched;

/** What one cpu is sent by another, or by a thread that is no cpu's. */
abstract class Message {
  /** Acts on the cpu, in a hard section of whatever runs there. Must not throw. */
  abstract void deliver(CpuScheduler cpu);

  /** The cpu closed before it took the message. Returns false if it was delivered after all. */
  boolean cancel() {
    return false;
  }
}
