package dev.waitok.lwkt.dispatch;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * A strand of portable dispatch: a virtual thread of the default scheduler that runs its code only
 * while it holds the baton of its seat.
 */
final class PortableStrand extends BoundStrand {
  /** Whether this process ever had bound strands; spares everybody else the look-up. */
  static boolean inUse;

  private final PortableSeat seat;
  private final Thread thread;

  /** Has the baton come. Set by the giver, taken by the owner. */
  private volatile boolean baton;

  /** Whether the owner is parked, or about to be, until the baton comes. */
  private volatile boolean parked;

  PortableStrand(PortableSeat seat, String name, Object owner, Runnable body, boolean announce) {
    super(owner);
    this.seat = seat;
    this.thread =
        Thread.ofVirtual()
            .name(name)
            .inheritInheritableThreadLocals(false)
            .unstarted(() -> runBound(() -> live(body, announce)));
  }

  /** Bound strands are about to be used. */
  static void use() {
    inUse = true;
  }

  private void live(Runnable body, boolean announce) {
    if (announce) {
      if (!seat.client.started(this)) {
        throw new RejectedExecutionException("the scheduler takes no more threads");
      }
      seat.client.ready(this);
    }
    takeBaton();
    body.run();
  }

  @Override
  public Thread javaThread() {
    return thread;
  }

  @Override
  public boolean isParkedForSeat() {
    return parked;
  }

  /** Gives it the baton. Whoever calls holds the baton, or opens the seat. */
  void giveBaton(boolean throughClock) {
    baton = true;
    if (throughClock) {
      seat.clock.unpark(thread);
    } else {
      LockSupport.unpark(thread);
    }
  }

  /** Waits for the baton. */
  void takeBaton() {
    if (!baton) {
      boolean interrupted = false;
      parked = true;
      while (!baton) {
        LockSupport.park(seat);
        interrupted |= Thread.interrupted();
      }
      parked = false;
      if (interrupted) {
        thread.interrupt();
      }
      Parking.givePermitBack();
    }
    baton = false;
    seated = true;
  }

  /** Gives up the seat while the thread runs on. */
  void stand() {
    seated = false;
  }
}
