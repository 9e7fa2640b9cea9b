package dev.waitok.lwkt.dispatch;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * One platform thread that tells busy cpus the time has come, since nobody else interrupts them. An
 * alarm is one volatile word: whoever sets it never takes a lock.
 */
final class AlarmClock extends Thread {
  /** The pseudo time of an alarm that is not set. */
  private static final long NEVER = Long.MAX_VALUE;

  private final CopyOnWriteArrayList<Alarm> alarms = new CopyOnWriteArrayList<>();
  private final MpscUnboundedAtomicArrayQueue<Thread> wakeups =
      new MpscUnboundedAtomicArrayQueue<>(64);
  private volatile long sleepsUntil = NEVER;
  private volatile boolean stopped;

  AlarmClock(String name) {
    super(null, null, name, 0, false);
    setDaemon(true);
  }

  /** One seat's next deadline. */
  static final class Alarm {
    private final Runnable action;
    private final AtomicLong deadline = new AtomicLong(NEVER);

    private Alarm(Runnable action) {
      this.action = action;
    }
  }

  Alarm newAlarm(Runnable action) {
    Alarm alarm = new Alarm(action);
    alarms.add(alarm);
    return alarm;
  }

  void set(Alarm alarm, long deadline) {
    alarm.deadline.set(deadline == NEVER ? NEVER - 1 : deadline);
    // Store, then load; the clock stores, then loads: one of the two sees the other.
    long until = sleepsUntil;
    if (until == NEVER || deadline - until < 0) {
      LockSupport.unpark(this);
    }
  }

  /** Has a thread unparked from here, that is from outside the default scheduler's own queues. */
  void unpark(Thread thread) {
    wakeups.offer(thread);
    LockSupport.unpark(this);
  }

  void shutDown() {
    stopped = true;
    LockSupport.unpark(this);
  }

  @Override
  public void run() {
    while (!stopped) {
      for (Thread t = wakeups.poll(); t != null; t = wakeups.poll()) {
        LockSupport.unpark(t);
      }
      long next = NEVER;
      sleepsUntil = NEVER; // whoever sets an alarm while we look unparks us
      long now = System.nanoTime();
      for (Alarm alarm : alarms) {
        long deadline = alarm.deadline.get();
        if (deadline == NEVER) {
          continue;
        }
        if (deadline - now <= 0) {
          if (alarm.deadline.compareAndSet(deadline, NEVER)) {
            alarm.action.run();
          }
        } else if (next == NEVER || deadline - next < 0) {
          next = deadline;
        }
      }
      if (next == NEVER) {
        LockSupport.park(this);
      } else {
        sleepsUntil = next;
        boolean earlier = false;
        for (Alarm alarm : alarms) {
          long deadline = alarm.deadline.get();
          earlier |= deadline != NEVER && deadline - next < 0;
        }
        if (!earlier) {
          LockSupport.parkNanos(this, next - System.nanoTime());
        }
      }
    }
  }
}
