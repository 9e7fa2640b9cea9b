package dev.waitok.lwkt.sched;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Who had one cpu, and from when on: a ring that the cpu writes without allocating, and that one
 * other thread empties. What finds it full is counted and left out.
 */
public final class RunLog {
  /** What begins. */
  public enum Kind {
    /** The cpu's idle thread has it. */
    IDLE,
    /** A thread has it, or has it again. */
    RUNS,
    /** An interrupt thread has it, on top of the thread that had it. */
    PREEMPTS,
    /** A FAST interrupt's handler runs, as the thread that has the cpu. */
    FAST,
    /** It has ended. */
    FAST_ENDS
  }

  /** Is told what the log holds. */
  @FunctionalInterface
  public interface Reader {
    /**
     * One entry.
     *
     * @param thread who
     * @param nanos from when on, by the scheduler's clock
     */
    void began(Tcb thread, Kind kind, long nanos);
  }

  /** Some tenths of a second of the fastest switching. */
  private static final int SIZE = 1 << 15;

  private static final VarHandle WRITTEN;
  private static final VarHandle READ;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WRITTEN = lookup.findVarHandle(RunLog.class, "written", long.class);
      READ = lookup.findVarHandle(RunLog.class, "read", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final @Nullable Tcb[] threads = new @Nullable Tcb[SIZE];
  private final Kind[] kinds = new Kind[SIZE];
  private final long[] nanos = new long[SIZE];
  private long written;

  @SuppressWarnings("UnusedVariable") // through READ
  private long read;

  private volatile long lost;

  /** Makes an empty one. */
  public RunLog() {}

  /** Adds an entry. On the cpu. */
  void add(Tcb thread, Kind kind, long now) {
    long at = written;
    if (at - (long) READ.getAcquire(this) >= SIZE) {
      countLost();
      return;
    }
    int slot = (int) at & (SIZE - 1);
    threads[slot] = thread;
    kinds[slot] = kind;
    nanos[slot] = now;
    WRITTEN.setRelease(this, at + 1);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void countLost() {
    lost++;
  }

  /** Tells what there is, and forgets it. By one thread at a time. */
  public void drain(Reader reader) {
    long end = (long) WRITTEN.getAcquire(this);
    for (long at = (long) READ.getOpaque(this); at < end; at++) {
      int slot = (int) at & (SIZE - 1);
      Tcb thread = threads[slot];
      threads[slot] = null;
      if (thread != null) {
        reader.began(thread, kinds[slot], nanos[slot]);
      }
      READ.setRelease(this, at + 1);
    }
  }

  /** How many entries were left out. */
  public long lost() {
    return lost;
  }
}
