package dev.waitok.kmalloc.netty;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;

import dev.waitok.kmalloc.CannotBlockException;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.LimitReachedException;
import dev.waitok.kmalloc.MallocType;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Netty's allocator over a type of kmalloc: every direct buffer is a block of the type. Heap
 * buffers are arrays, of which some large ones are kept for reuse. From any thread.
 *
 * <p>A direct buffer is tried without wait. If there is no memory, an event loop gets {@link
 * BufferExhaustedException}, and every other thread waits, as {@code kmalloc} does. {@code
 * ioBuffer}, with which channels read, leaves the interrupt reserve alone, and other buffers of an
 * event loop may use it: so reading stops before handlers find nothing. {@link MemoryGate} makes
 * channels stop and go on.
 *
 * <p>The type's limit bounds the buffers, its statistics count them, and so does {@link #metric}.
 * Netty's leak detector works as for its own buffers.
 */
public final class KmallocByteBufAllocator extends AbstractByteBufAllocator
    implements ByteBufAllocatorMetricProvider {
  private final Kmalloc kmalloc;
  private final MallocType type;
  private final MemorySegment memory;
  private final Predicate<? super Thread> eventLoops;
  private final HeapArrays arrays = new HeapArrays();
  private final Releases releases = new Releases();
  private final ByteBufAllocatorMetric metric = new Metric();

  /**
   * An allocator that prefers direct buffers, for event loops of Netty's own threads.
   *
   * @param kmalloc the allocator
   * @param type of this kmalloc, best used for nothing else
   */
  public KmallocByteBufAllocator(Kmalloc kmalloc, MallocType type) {
    this(kmalloc, type, true, KmallocByteBufAllocator::isEventLoop);
  }

  /**
   * An allocator.
   *
   * @param kmalloc the allocator
   * @param type of this kmalloc, best used for nothing else
   * @param preferDirect whether {@code buffer} gives direct buffers
   * @param eventLoops which threads never wait; threads that {@code kmalloc} refuses to let wait
   *     need not be among them
   */
  public KmallocByteBufAllocator(
      Kmalloc kmalloc,
      MallocType type,
      boolean preferDirect,
      Predicate<? super Thread> eventLoops) {
    super(preferDirect);
    kmalloc.kfree(Kmalloc.ZERO_SIZE, type); // refuses another allocator's type
    this.kmalloc = kmalloc;
    this.type = type;
    this.memory = kmalloc.memory();
    this.eventLoops = Objects.requireNonNull(eventLoops);
  }

  /**
   * Whether a thread is one that Netty's own thread factories made; for {@link
   * dev.waitok.kmalloc.KmallocBuilder#nonBlocking}, too.
   *
   * @param thread any thread
   * @return true for event loops
   */
  public static boolean isEventLoop(Thread thread) {
    return thread instanceof FastThreadLocalThread;
  }

  /**
   * A direct buffer, if there is memory now. Leaves the interrupt reserve alone.
   *
   * @param initialCapacity in bytes
   * @param maxCapacity in bytes
   * @return a buffer, or null at a floor of the page queues or at the type's limit
   */
  public @Nullable ByteBuf tryDirectBuffer(int initialCapacity, int maxCapacity) {
    requireCapacities(initialCapacity, maxCapacity);
    long block = type.tryKmallocAddress(KmallocByteBuf.blockSize(initialCapacity), M_NOWAIT);
    return block == Kmalloc.NULL ? null : wrap(block, initialCapacity, maxCapacity);
  }

  /**
   * A direct buffer now or later; never blocks. It stands in line with all who wait for memory. At
   * the type's limit it is tried again each time a buffer of this allocator is freed.
   *
   * @param initialCapacity in bytes
   * @param maxCapacity in bytes
   * @return a future, completed on a thread of kmalloc that must not block, or on that of the
   *     caller if there is memory at once; whoever completes or cancels it before gets no buffer
   */
  public CompletableFuture<ByteBuf> directBufferAsync(int initialCapacity, int maxCapacity) {
    requireCapacities(initialCapacity, maxCapacity);
    CompletableFuture<ByteBuf> result = new CompletableFuture<>();
    ask(initialCapacity, maxCapacity, result);
    return result;
  }

  private void ask(int initial, int max, CompletableFuture<ByteBuf> result) {
    CompletableFuture<MemorySegment> asked = type.kmallocAsync(KmallocByteBuf.blockSize(initial));
    CompletableFuture<ByteBuf> _ =
        result.whenComplete(
            (buffer, failure) -> {
              if (failure != null) {
                asked.cancel(false);
              }
            });
    CompletableFuture<MemorySegment> _ =
        asked.whenComplete(
            (block, failure) -> {
              if (block != null) {
                give(wrap(offset(block), initial, max), result);
              } else if (unwrap(failure) instanceof LimitReachedException) {
                askAfterARelease(initial, max, result);
              } else {
                result.completeExceptionally(unwrap(failure));
              }
            });
  }

  private static void give(ByteBuf buffer, CompletableFuture<ByteBuf> result) {
    if (!result.complete(buffer)) {
      buffer.release();
    }
  }

  /** One that was released before it could be noticed is made up for by one attempt at once. */
  private void askAfterARelease(int initial, int max, CompletableFuture<ByteBuf> result) {
    Runnable again =
        () -> {
          if (!result.isDone()) {
            ask(initial, max, result);
          }
        };
    releases.next(again);
    ByteBuf now = result.isDone() ? null : tryDirectBuffer(initial, max);
    if (now != null) {
      releases.forget(again);
      give(now, result);
    }
  }

  private static Throwable unwrap(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause == null ? new IllegalStateException("no block and no failure") : cause;
  }

  private static void requireCapacities(int initialCapacity, int maxCapacity) {
    if (initialCapacity < 0 || initialCapacity > maxCapacity) {
      throw new IllegalArgumentException(
          "0 <= initialCapacity <= maxCapacity: initialCapacity="
              + initialCapacity
              + ", maxCapacity="
              + maxCapacity);
    }
  }

  @Override
  protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
    return toLeakAwareBuffer(new KeptHeapByteBuf(this, initialCapacity, maxCapacity));
  }

  @Override
  protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
    return newDirectBuffer(initialCapacity, maxCapacity, M_INTNOWAIT);
  }

  private ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity, int flags) {
    return wrap(obtain(initialCapacity, flags), initialCapacity, maxCapacity);
  }

  @Override
  public ByteBuf ioBuffer() {
    return ioBuffer(256);
  }

  @Override
  public ByteBuf ioBuffer(int initialCapacity) {
    return ioBuffer(initialCapacity, Integer.MAX_VALUE);
  }

  /** Always a direct one. On an event loop it leaves the interrupt reserve to other buffers. */
  @Override
  public ByteBuf ioBuffer(int initialCapacity, int maxCapacity) {
    requireCapacities(initialCapacity, maxCapacity);
    return newDirectBuffer(initialCapacity, maxCapacity, M_NOWAIT);
  }

  private ByteBuf wrap(long block, int capacity, int maxCapacity) {
    return toLeakAwareBuffer(new KmallocByteBuf(this, block, capacity, maxCapacity));
  }

  /** A block for so many bytes of a buffer. */
  long obtain(int capacity, int loopFlags) {
    int bytes = KmallocByteBuf.blockSize(capacity);
    boolean loop = eventLoops.test(Thread.currentThread());
    long block = type.tryKmallocAddress(bytes, loop ? loopFlags : M_NOWAIT);
    if (block != Kmalloc.NULL) {
      return block;
    }
    if (loop) {
      throw exhausted(bytes);
    }
    try {
      return type.kmallocAddress(bytes);
    } catch (CannotBlockException e) {
      BufferExhaustedException exhausted = exhausted(bytes);
      exhausted.initCause(e);
      throw exhausted;
    }
  }

  private BufferExhaustedException exhausted(int bytes) {
    return new BufferExhaustedException(
        bytes,
        "no memory for a buffer of "
            + bytes
            + " bytes, and this thread does not wait: "
            + type.statistics()
            + ", "
            + kmalloc.pages());
  }

  void free(long block) {
    type.kfree(block);
    releases.ring();
  }

  MemorySegment memory() {
    return memory;
  }

  HeapArrays arrays() {
    return arrays;
  }

  private long offset(MemorySegment block) {
    return block.address() - memory.address();
  }

  /**
   * False, although a direct buffer is as cheap as a pooled one: a channel then writes a heap
   * buffer through the JDK's own small direct buffers, which never fails, instead of copying it
   * into one of ours, which can.
   */
  @Override
  public boolean isDirectBufferPooled() {
    return false;
  }

  /**
   * The type of the direct buffers.
   *
   * @return the type
   */
  public MallocType type() {
    return type;
  }

  /**
   * What buffers use: direct ones by the size of their blocks, heap ones by that of their arrays.
   *
   * @return figures of the moment
   */
  @Override
  public ByteBufAllocatorMetric metric() {
    return metric;
  }

  private final class Metric implements ByteBufAllocatorMetric {
    @Override
    public long usedHeapMemory() {
      return arrays.used();
    }

    @Override
    public long usedDirectMemory() {
      return type.statistics().bytes();
    }

    @Override
    public String toString() {
      return "usedHeapMemory=" + usedHeapMemory() + ", " + type.statistics();
    }
  }
}
