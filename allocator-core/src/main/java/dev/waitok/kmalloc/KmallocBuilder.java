package dev.waitok.kmalloc;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.PlainContext;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.Surroundings;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings of an allocator; each has a default. {@link #build} checks that they fit together. */
public final class KmallocBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(KmallocBuilder.class);

  private static final long SMALLEST_PAGE = 4 << 10;
  private static final long LARGEST_PAGE = 1 << 20;

  /** Larger arenas get larger pages, so that their records on the heap stay about 10 MB. */
  private static final long MOST_DEFAULT_PAGES = 256 << 10;

  private static final Duration DEFAULT_STALL = Duration.ofSeconds(10);

  private final @Nullable ExecutionContext surrounding = Surroundings.current();
  private final ExecutionContext context = surrounding == null ? new PlainContext() : surrounding;
  private long arenaBytes;
  private long pageSize;
  private @Nullable MemorySegment segment;
  private @Nullable Thresholds thresholds;
  private PageClassPolicy policy = PageClassPolicy.EACH_ATTEMPT;
  private int stripes;
  private Duration stall = DEFAULT_STALL;
  private boolean mapped = true;

  KmallocBuilder() {}

  /**
   * The size of the arena. Address space is reserved at once; memory is used as pages are.
   *
   * <p>The default is a quarter of what the machine or container has less the heap's maximum; a
   * larger one is warned about.
   *
   * @param bytes rounded down to whole pages
   * @return this
   */
  public KmallocBuilder arena(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("the arena must not be empty: bytes=" + bytes);
    }
    arenaBytes = bytes;
    return this;
  }

  /**
   * The page size. Unless set it is 4 KiB, which retains least, for arenas up to 1 GiB, and the
   * smallest that makes 256 Ki pages at most for larger ones, up to 1 MiB.
   *
   * @param bytes a power of two from 4 KiB to 1 MiB
   * @return this
   */
  public KmallocBuilder pageSize(long bytes) {
    if (Long.bitCount(bytes) != 1 || bytes < SMALLEST_PAGE || bytes > LARGEST_PAGE) {
      throw new IllegalArgumentException(
          "the page size must be a power of two from "
              + SMALLEST_PAGE
              + " to "
              + LARGEST_PAGE
              + ": pageSize="
              + bytes);
    }
    pageSize = bytes;
    return this;
  }

  /**
   * The arena's memory, instead of {@link #arena}: a mapped file, huge pages. It must stay valid
   * until the allocator is closed, which leaves it alone.
   *
   * @param memory native and writable; its whole pages are used
   * @return this
   */
  public KmallocBuilder segment(MemorySegment memory) {
    segment = Objects.requireNonNull(memory);
    return this;
  }

  /**
   * The marks on the FREE queue; {@link Thresholds#forArena} unless set.
   *
   * @param marks in pages
   * @return this
   */
  public KmallocBuilder thresholds(Thresholds marks) {
    thresholds = Objects.requireNonNull(marks);
    return this;
  }

  /**
   * When it is decided what a request may take; at each attempt unless set.
   *
   * @param newPolicy the policy
   * @return this
   */
  public KmallocBuilder pageClassPolicy(PageClassPolicy newPolicy) {
    policy = Objects.requireNonNull(newPolicy);
    return this;
  }

  /**
   * How many sets of zones the plain threads share; as many as there are processors unless set, and
   * always one in a simulation.
   *
   * @param count 1 to 256, rounded up to a power of two
   * @return this
   */
  public KmallocBuilder stripes(int count) {
    if (count < 1 || count > 256) {
      throw new IllegalArgumentException("stripes must be 1 to 256: stripes=" + count);
    }
    stripes = count;
    return this;
  }

  /**
   * How long requests may wait without a page or block being freed before that is logged with who
   * has the memory; 10 s unless set.
   *
   * @param time at least a second
   * @return this
   */
  public KmallocBuilder reportStallAfter(Duration time) {
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("a stall is a second at least: time=" + time);
    }
    stall = time;
    return this;
  }

  /**
   * Takes the arena from {@link java.lang.foreign.Arena} as where mapping is impossible; for tests.
   */
  KmallocBuilder unmapped() {
    mapped = false;
    return this;
  }

  /**
   * Makes the allocator.
   *
   * @return an open allocator
   * @throws IllegalArgumentException if the settings do not fit together
   * @throws OutOfMemoryError if the system refuses the address space
   */
  public Kmalloc build() {
    MemorySegment given = segment;
    long bytes = given != null ? given.byteSize() : arenaBytes > 0 ? arenaBytes : defaultArena();
    int shift = Long.numberOfTrailingZeros(pageSize > 0 ? pageSize : defaultPageSize(bytes));
    long pages = bytes >>> shift;
    if (pages > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "too many pages, use larger ones: arena=" + bytes + ", pageSize=" + (1L << shift));
    }
    Thresholds marks = thresholds;
    if (marks == null) {
      marks = Thresholds.forArena((int) pages);
    }
    if (given == null) {
      warnIfLarge(bytes);
    }
    PageArena arena =
        given != null ? PageArena.over(given, shift) : newArena(pages << shift, shift);
    try {
      marks.requireFit(arena.pages());
      return new Kmalloc(this, arena, marks);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private PageArena newArena(long bytes, int shift) {
    return mapped ? PageArena.reserve(bytes, shift) : PageArena.allocate(bytes, shift);
  }

  private static long defaultPageSize(long bytes) {
    long size = SMALLEST_PAGE;
    while (bytes / size > MOST_DEFAULT_PAGES && size < LARGEST_PAGE) {
      size *= 2;
    }
    return size;
  }

  private static long defaultArena() {
    return Math.max(64L << 20, (memory() - Runtime.getRuntime().maxMemory()) / 4);
  }

  private static void warnIfLarge(long bytes) {
    long memory = memory();
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > (memory - heap) / 4) {
      LOG.warn(
          "the arena is more than a quarter of what the heap leaves: arena={}, memory={}, heap={}",
          bytes,
          memory,
          heap);
    }
  }

  /** What the machine or the container has, whichever is less. */
  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 4L * Runtime.getRuntime().maxMemory();
  }

  ExecutionContext context() {
    return context;
  }

  int stripeCount() {
    if (surrounding != null) {
      return 1; // which stripe a thread takes follows from the processor it runs on
    }
    int wanted = stripes > 0 ? stripes : Math.min(256, Runtime.getRuntime().availableProcessors());
    return wanted == 1 ? 1 : Integer.highestOneBit(wanted - 1) << 1;
  }

  boolean decidesEachAttempt() {
    return policy == PageClassPolicy.EACH_ATTEMPT;
  }

  long stallNanos() {
    return stall.toNanos();
  }
}
