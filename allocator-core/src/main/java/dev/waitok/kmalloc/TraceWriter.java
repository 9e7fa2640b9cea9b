package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes the calls as a trace. Who calls makes one small object and offers it to a queue of bounded
 * length; only plain threads that outrun the writer wait for it, for a moment. A service thread
 * gives blocks their numbers and writes. A free is queued before the block can be another's, and an
 * allocation after it was made, so the queue's order is one in which each block is free when it is
 * given out. An event that finds the queue full is lost and counted; what its loss leaves unknown
 * is left out or closed by the writer.
 */
final class TraceWriter implements CallObserver, TraceRecording {
  /** 64 Ki events of about 48 bytes: 3 MB of heap at most. */
  private static final int CAPACITY = 64 << 10;

  /** The writer looks this often: 2 ms. */
  private static final long TICK_NANOS = 2_000_000L;

  /** A plain thread that finds the queue full pauses so often for so long: 10 ms at most. */
  private static final int MOST_PAUSES = 50;

  private static final long PAUSE_NANOS = 200_000L;

  private static final long FREE = -1;

  /** The writer has to keep up; size comes second. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 64 << 10);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  private record Event(long nanos, long thread, long offset, long size, long align, boolean zero) {}

  private final Callers callers;
  private final ExecutionContext clock;
  private final Writer out;
  private final Runnable whenClosed;
  private final MpscAtomicArrayQueue<Event> queue = new MpscAtomicArrayQueue<>(CAPACITY);
  private final LongAdder events = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> written = new CompletableFuture<>();
  private final long start;

  // The writer's own.
  private final Map<Long, Long> ids = new HashMap<>();
  private final Map<Long, Integer> threads = new HashMap<>();
  private final StringBuilder line = new StringBuilder(64);
  private long lastId;
  private long lastMicros;
  private @Nullable IOException failure;

  private volatile @Nullable Sleeper sleeper;

  TraceWriter(Callers callers, Path file, Runnable whenClosed) throws IOException {
    this.callers = callers;
    this.clock = callers.base();
    this.whenClosed = whenClosed;
    this.out =
        new BufferedWriter(
            new OutputStreamWriter(
                new FastGzip(Files.newOutputStream(file)), StandardCharsets.US_ASCII),
            64 << 10);
    this.start = clock.nanoTime();
    clock.startService("kmalloc-record", this::run);
  }

  @Override
  public void given(MallocType type, long offset, long size, long alignment, int flags) {
    note(offset, size, alignment, (flags & M_ZERO) != 0);
  }

  @Override
  public void taking(long offset) {
    note(offset, FREE, 1, false);
  }

  private void note(long offset, long size, long alignment, boolean zero) {
    events.increment();
    Event event =
        new Event(
            clock.nanoTime(), Thread.currentThread().threadId(), offset, size, alignment, zero);
    if (!queue.offer(event) && !offerPatiently(event)) {
      lost.increment();
    }
  }

  /** A plain thread that outruns the writer lets it catch up; nobody else may. */
  private boolean offerPatiently(Event event) {
    if (callers.scheduled() != null) {
      return false;
    }
    Caller caller = callers.plain();
    if (caller.whyNotBlock() != null) {
      return false;
    }
    Sleeper mine = caller.newSleeper();
    for (int i = 0; i < MOST_PAUSES; i++) {
      mine.sleep(PAUSE_NANOS);
      if (queue.offer(event)) {
        return true;
      }
    }
    return false;
  }

  private void run() {
    try {
      Sleeper mine = Objects.requireNonNull(clock.caller()).newSleeper();
      sleeper = mine;
      while (!closing.get()) {
        drain();
        mine.sleep(TICK_NANOS);
      }
      drain();
      write("# events=" + events.sum() + " lost=" + lost.sum() + "\n");
    } catch (Throwable e) {
      failure = failure == null ? new IOException("the trace ended early: " + e, e) : failure;
    } finally {
      finish();
    }
  }

  private void finish() {
    try {
      out.close();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
    if (failure == null) {
      written.complete(null);
    } else {
      written.completeExceptionally(failure);
    }
  }

  private void drain() {
    for (Event event = queue.poll(); event != null; event = queue.poll()) {
      if (event.size == FREE) {
        Long id = ids.remove(event.offset);
        if (id != null) {
          line(event, 'f', id);
        }
      } else {
        Long stale = ids.remove(event.offset);
        if (stale != null) {
          line(event, 'f', stale); // its free was lost
        }
        long id = ++lastId;
        ids.put(event.offset, id);
        line(event, event.align > 1 ? 'm' : event.zero ? 'z' : 'a', id);
      }
    }
  }

  private void line(Event event, char kind, long id) {
    lastMicros = Math.max(lastMicros, (event.nanos - start) / 1000);
    line.setLength(0);
    line.append(lastMicros)
        .append(' ')
        .append(threads.computeIfAbsent(event.thread, t -> threads.size() + 1))
        .append(' ')
        .append(kind)
        .append(' ')
        .append(id);
    if (kind != 'f') {
      line.append(' ').append(event.size);
    }
    if (kind == 'm') {
      line.append(' ').append(event.align);
    }
    write(line.append('\n'));
  }

  private void write(CharSequence text) {
    if (failure == null) {
      try {
        out.append(text);
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  @Override
  public long events() {
    return events.sum();
  }

  @Override
  public long lost() {
    return lost.sum();
  }

  @Override
  public void close() throws IOException {
    if (closing.compareAndSet(false, true)) {
      whenClosed.run();
      Sleeper s = sleeper;
      if (s != null) {
        s.wake();
      }
    }
    try {
      written.join();
    } catch (CompletionException e) {
      throw new IOException("the trace is not complete", e.getCause());
    }
  }
}
