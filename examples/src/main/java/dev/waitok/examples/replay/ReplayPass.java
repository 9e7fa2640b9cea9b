package dev.waitok.examples.replay;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.examples.memory.Pattern;
import dev.waitok.examples.trace.Trace;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One replay of a whole trace. Each of the trace's threads does its own events in order and waits
 * for what another one has to do first, so every id is made, replaced and freed in the recorded
 * order. With patterns every block is filled with its id's pattern and checked before it goes.
 */
public final class ReplayPass {
  private final Trace trace;
  private final Kmalloc kmalloc;
  private final MallocType type;
  private final Pace pace;
  private final boolean patterns;
  private final MemorySegment memory;
  private final Blocks blocks;
  private final Turns turns;
  private final LivePeak live = new LivePeak();
  private final LongAdder corruption = new LongAdder();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final long[] started;
  private final long[] ended;

  /**
   * A replay that has not begun.
   *
   * @param trace what is replayed
   * @param kmalloc the allocator that is asked
   * @param type the type of all blocks
   * @param pace what threads do between events
   * @param patterns whether blocks are filled and checked
   */
  public ReplayPass(Trace trace, Kmalloc kmalloc, MallocType type, Pace pace, boolean patterns) {
    this.trace = trace;
    this.kmalloc = kmalloc;
    this.type = type;
    this.pace = pace;
    this.patterns = patterns;
    this.memory = kmalloc.memory();
    this.blocks = new Blocks(trace);
    this.turns = new Turns(trace.threads());
    this.started = new long[trace.threads()];
    this.ended = new long[trace.threads()];
  }

  /**
   * The body of one of the trace's threads.
   *
   * @param thread its number
   */
  public void replayThread(int thread) {
    try {
      started[thread] = System.nanoTime();
      boolean alone = trace.threads() == 1;
      for (int event = 0; event < trace.events(); event++) {
        if (trace.thread(event) == thread) {
          turns.reach(thread, event);
          if (!pace.mayContinue(thread) || (!alone && !await(thread, event))) {
            return;
          }
          replay(event);
        }
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      ended[thread] = System.nanoTime();
      turns.finish(thread);
    }
  }

  /** Frees what is live when no thread runs any more. */
  public void freeLeft() {
    for (int id = 0; id < trace.ids(); id++) {
      freeLeft(id);
    }
  }

  /**
   * Frees a block if it is live when no thread runs any more.
   *
   * @param id of the block, below the trace's number of them
   */
  public void freeLeft(int id) {
    try {
      if (blocks.isThere(id)) {
        free(id);
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Waits for an event's turn and for the block it needs; false when another thread failed. */
  private boolean await(int thread, int event) {
    int needed =
        switch (trace.operation(event)) {
          case Trace.FREE -> trace.id(event);
          case Trace.REALLOC -> trace.argument(event);
          default -> Trace.NO_ID;
        };
    int tries = 0;
    while (!turns.mayStart(event) || (needed != Trace.NO_ID && !blocks.isThere(needed))) {
      if (failure.get() != null || !pace.mayContinue(thread)) {
        return false;
      }
      pace.pause(tries++);
    }
    return true;
  }

  private void replay(int event) {
    int id = trace.id(event);
    long size = trace.size(event);
    switch (trace.operation(event)) {
      case Trace.MALLOC -> made(id, size, kmalloc.kmallocAddress(size, type, M_WAITOK));
      case Trace.CALLOC -> {
        long offset = kmalloc.kmallocAddress(size, type, M_WAITOK | M_ZERO);
        check(!patterns || Pattern.isZero(memory, offset, size));
        made(id, size, offset);
      }
      case Trace.MEMALIGN -> {
        int alignment = trace.argument(event);
        long offset = kmalloc.kmallocAddressAligned(size, alignment, type, M_WAITOK);
        check(size == 0 || offset % alignment == 0);
        made(id, size, offset);
      }
      case Trace.REALLOC -> reallocate(id, size, trace.argument(event));
      default -> free(id);
    }
  }

  private void made(int id, long size, long offset) {
    if (patterns) {
      live.add(size);
      Pattern.fill(memory, offset, size, id);
    }
    blocks.put(id, offset);
  }

  private void reallocate(int id, long size, int old) {
    if (old == Trace.NO_ID) {
      made(id, size, kmalloc.kmallocAddress(size, type, M_WAITOK));
      return;
    }
    long oldSize = blocks.size(old);
    long from = blocks.take(old);
    checkPattern(from, oldSize, old);
    long offset = type.kreallocAddress(from, size, M_WAITOK);
    checkPattern(offset, Math.min(size, oldSize), old);
    if (patterns) {
      live.add(-oldSize);
    }
    made(id, size, offset);
  }

  private void free(int id) {
    long size = blocks.size(id);
    long offset = blocks.take(id);
    checkPattern(offset, size, id);
    if (patterns) {
      live.add(-size);
    }
    kmalloc.kfree(offset, type);
  }

  private void checkPattern(long offset, long size, int id) {
    check(!patterns || Pattern.holds(memory, offset, size, id));
  }

  private void check(boolean right) {
    if (!right) {
      corruption.increment();
    }
  }

  /**
   * How many events are done.
   *
   * @return roughly so many, while it runs
   */
  public int done() {
    return Math.min(turns.oldest(), trace.events());
  }

  /**
   * The first exception of any thread.
   *
   * @return null if there was none
   */
  public @Nullable Throwable failure() {
    return failure.get();
  }

  /**
   * What was found wrong.
   *
   * @return blocks that did not hold what was written, were not zeroed or not aligned
   */
  public long corruption() {
    return corruption.sum();
  }

  long livePeak() {
    return live.peak();
  }

  /** From the first thread's start to the last one's end. */
  long nanos() {
    long first = started[0];
    long last = ended[0];
    for (int i = 1; i < started.length; i++) {
      first = Math.min(first, started[i]);
      last = Math.max(last, ended[i]);
    }
    return last - first;
  }
}
