package dev.waitok.lwkt.dispatch;

import java.util.concurrent.locks.LockSupport;

/** Parking that takes nothing from the code on whose stack it happens. */
final class Parking {
  private Parking() {}

  /**
   * Parks once, for any reason and at most that long. Does not return at once because the thread is
   * interrupted, so that a loop around it does not spin; the status is set again afterwards.
   */
  static void park(Object blocker, long nanos) {
    boolean interrupted = Thread.interrupted();
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, nanos);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * To be called after the last park of a wait: one of them may have taken a permit that was meant
   * for the caller's own code (somebody unparked it between that code's check and its park). One
   * wake-up too many is allowed, one too few is not.
   */
  static void givePermitBack() {
    Thread self = Thread.currentThread();
    if (self.isVirtual()) {
      LockSupport.unpark(self);
    }
  }
}
