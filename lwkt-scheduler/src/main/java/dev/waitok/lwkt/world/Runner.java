package dev.waitok.lwkt.world;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A Java thread of a world: it runs its code only while it was given the world's one baton. */
public final class Runner {
  /** Which runner a thread is; forks inherit the binding, so the thread is compared as well. */
  private static final ScopedValue<Runner> CURRENT = ScopedValue.newInstance();

  /** Whether this process ever simulated; spares everybody else the look-up. */
  private static volatile boolean inUse;

  private final World world;
  private final Thread thread;
  private final Object subject;
  private volatile boolean granted;
  private volatile boolean interruptSeen;

  /** How many frames on its stack keep it where it runs. By itself. */
  int pins;

  /** The actor by which it runs when it is no cpu's; null for those that always are. */
  @Nullable Actor own;

  /**
   * A thread, not started.
   *
   * @param subject what it stands for, for reports
   * @param body what it runs once it is started and first given the baton
   */
  Runner(World world, String name, Object subject, Runnable body) {
    this.world = world;
    this.subject = subject;
    this.thread =
        Thread.ofVirtual()
            .name(name)
            .inheritInheritableThreadLocals(false)
            .unstarted(() -> ScopedValue.where(CURRENT, this).run(() -> live(body)));
  }

  /** A world is about to be used. */
  static void use() {
    inUse = true;
  }

  /** The runner that calls, or null if the calling thread is no world's. */
  @SuppressWarnings("ReferenceEquality") // identity is meant
  public static @Nullable Runner current() {
    if (!inUse || !CURRENT.isBound()) {
      return null;
    }
    Runner runner = CURRENT.get();
    return runner.thread == Thread.currentThread() ? runner : null;
  }

  private void live(Runnable body) {
    try {
      awaitBaton();
      body.run();
    } catch (Aborted e) {
      return; // as it should
    } catch (Throwable e) {
      world.failQuietly(e);
    }
  }

  /** The world it belongs to. */
  public World world() {
    return world;
  }

  /** The Java thread. */
  public Thread thread() {
    return thread;
  }

  /** What it stands for. */
  public Object subject() {
    return subject;
  }

  /** Whether somebody interrupted the thread. By whoever has the baton. */
  public boolean isInterrupted() {
    // In this order: the thread, when it finds itself interrupted, notes that and then clears it.
    return thread.isInterrupted() || interruptSeen;
  }

  /** Whether it cannot be taken off the cpu that it runs on. */
  public boolean isPinned() {
    return pins > 0;
  }

  void grant() {
    granted = true;
    LockSupport.unpark(thread);
  }

  void awaitBaton() {
    while (!granted) {
      LockSupport.park(this);
      if (thread.isInterrupted()) {
        interruptSeen = true;
        boolean _ = Thread.interrupted();
      }
    }
    granted = false;
    if (interruptSeen) {
      interruptSeen = false;
      thread.interrupt();
    }
    world.requireGoing();
  }
}
