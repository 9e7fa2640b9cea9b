package dev.waitok.lwkt.dispatch;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.Runner;
import dev.waitok.lwkt.world.World;
import java.util.concurrent.locks.LockSupport;

/**
 * How one thread that holds no seat sleeps, and others wake it: it parks, or, in a simulation, is
 * not chosen.
 */
public sealed interface Parker {

  /** The calling thread's. */
  static Parker forCaller() {
    Runner runner = Runner.current();
    if (runner == null) {
      return new OfThread(Thread.currentThread());
    }
    return new OfActor(runner.world(), runner.world().requireCurrent(), runner);
  }

  /**
   * Lets others go first: for loops that look for what others do. In a simulation a point at which
   * the caller is not chosen again before somebody else; elsewhere a hint to the processor.
   */
  static void spinWait() {
    World world = World.current();
    if (world == null) {
      Thread.onSpinWait();
    } else {
      world.spin("a look in vain");
    }
  }

  /**
   * Sleeps until unparked, or interrupted, or for no reason, and at most that long. By the thread
   * itself.
   */
  void park(Object blocker, long nanos, String what);

  /** Ends a park, now or the next one. Any thread; never blocks. */
  void unpark();

  /** The time by which it sleeps. */
  long nanoTime();

  /** Parks. */
  record OfThread(Thread thread) implements Parker {
    @Override
    public void park(Object blocker, long nanos, String what) {
      if (nanos == Long.MAX_VALUE) {
        LockSupport.park(blocker);
      } else {
        LockSupport.parkNanos(blocker, nanos);
      }
    }

    @Override
    public void unpark() {
      LockSupport.unpark(thread);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }

  /** Is not chosen. */
  record OfActor(World world, Actor actor, Runner runner) implements Parker {
    @Override
    public void park(Object blocker, long nanos, String what) {
      world.sleep(World.after(world.now(), nanos), runner::isInterrupted, what);
    }

    @Override
    public void unpark() {
      actor.wake();
    }

    @Override
    public long nanoTime() {
      return world.now();
    }
  }
}
