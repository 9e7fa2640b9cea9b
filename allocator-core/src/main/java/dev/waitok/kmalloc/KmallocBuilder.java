package dev.waitok.kmalloc;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.NonBlockingThreads;
import dev.waitok.kmalloc.context.PlainContext;
import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.kmalloc.spi.Surroundings;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
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

  /**
   * A page goes back one to two such periods after its last use: within 1.5 s, which leaves half a
   * second of two for a machine that is slow.
   */
  private static final Duration DEFAULT_GIVE_BACK = Duration.ofMillis(750);

  /** Quarantine has at most this part of the arena, unless set. */
  private static final int QUARANTINE_PART = 64;

  /** Calling in so much takes a millisecond or so. */
  private static final long MOST_QUARANTINE = 4 << 20;

  /** Unused memory has at most this part of the arena, unless set. */
  private static final int RETAINED_PART = 4;

  private final @Nullable ExecutionContext surrounding = Surroundings.current();
  private ExecutionContext context = surrounding == null ? new PlainContext() : surrounding;
  private long arenaBytes;
  private long pageSize;
  private @Nullable MemorySegment segment;
  private @Nullable Thresholds thresholds;
  private PageClassPolicy policy = PageClassPolicy.EACH_ATTEMPT;
  private int stripes;
  private Duration stall = DEFAULT_STALL;
  private boolean scheduledOnly;
  private StallPolicy stallPolicy = StallPolicy.KEEP_WAITING;
  private @Nullable Consumer<? super MemoryReport> stallHandler;
  private boolean mapped = true;

  /**
   * With 64, ready blocks keep so many zones from becoming empty that a short program retains a
   * third more.
   */
  private int readyAfter = 256;

  private boolean hugePages;
  private Duration giveBackAfter = DEFAULT_GIVE_BACK;
  private long retainedBytes = -1;
  private final HardeningPlan plan = new HardeningPlan();
  private long quarantineBytes = -1;
  private @Nullable Consumer<? super MemoryDamage> damageHandler;

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
   * Declares that memory of this allocator is only freed by threads and handlers of the scheduler
   * that is bound to it, and that these are only woken by each other, by time limits, by the
   * allocator's input and output, or by channels of its own. Then the allocator knows when nobody
   * can free any more: when somebody waits, no thread of the scheduler can run, and nothing is
   * under way, a stall is reported at once, not after {@link #reportStallAfter}; within 0.3 s of
   * rest if there are reclaimers, and 2.5 s if somebody waits for more than one page in a row. What
   * then happens is {@link #onStall(StallPolicy)}'s.
   *
   * <p>Where the declaration is wrong, for a plain thread frees, or raises an interrupt that does,
   * a stall may be reported, and a request given up, that would have been served.
   *
   * @return this
   */
  public KmallocBuilder scheduledOnly() {
    scheduledOnly = true;
    return this;
  }

  /**
   * What happens to those who wait when nothing has been freed for the time of {@link
   * #reportStallAfter}; {@link StallPolicy#KEEP_WAITING} unless set.
   *
   * @param policy what to do after it has been logged
   * @return this
   */
  public KmallocBuilder onStall(StallPolicy policy) {
    stallPolicy = Objects.requireNonNull(policy);
    return this;
  }

  /**
   * Who is called when nothing has been freed for the time of {@link #reportStallAfter} while
   * somebody waits, before the policy is followed, and again after as long.
   *
   * @param handler told who has the memory and who waits, on a thread of the allocator; it may
   *     free, and a call that may wait for memory is refused
   * @return this
   */
  public KmallocBuilder onStall(Consumer<? super MemoryReport> handler) {
    stallHandler = Objects.requireNonNull(handler);
    return this;
  }

  /**
   * After how long unused memory is given back to the system; 750 ms unless set. A service thread
   * does it, whether or not anybody calls: a page goes back when it has been FREE for this time,
   * and at the latest for twice this time. Memory that a caller or {@link java.lang.foreign.Arena}
   * owns is never given back.
   *
   * @param time 10 ms at least
   * @return this
   */
  public KmallocBuilder giveBackAfter(Duration time) {
    if (time.compareTo(Duration.ofMillis(10)) < 0) {
      throw new IllegalArgumentException("memory stays for 10 ms at least: time=" + time);
    }
    giveBackAfter = time;
    return this;
  }

  /**
   * How much unused memory may stay before its time; a quarter of the arena unless set. What is
   * above is given back at once, by the service thread.
   *
   * @param bytes 0 to give everything back at once, {@link Long#MAX_VALUE} for no bound
   * @return this
   */
  public KmallocBuilder retainAtMost(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("retained bytes must not be negative: bytes=" + bytes);
    }
    retainedBytes = bytes;
    return this;
  }

  /**
   * Whether the system may put huge pages behind the arena; not unless set, since a huge page stays
   * as long as one small page in it is used, and one touch makes it whole.
   *
   * @param wanted true asks for them, false forbids them
   * @return this
   */
  public KmallocBuilder hugePages(boolean wanted) {
    hugePages = wanted;
    return this;
  }

  /**
   * Says which threads may never block, event loops for example: a call that may have to wait is
   * refused on them with {@link CannotBlockException}, always, as in a hard section. They use
   * {@code tryKmalloc} and {@link MallocType#kmallocAsync(long)}. Given twice, either counts.
   *
   * @param threads asked at each call, by the calling thread: a type test or a field, since it is
   *     paid at each call
   * @return this
   */
  public KmallocBuilder nonBlocking(Predicate<? super Thread> threads) {
    context = new NonBlockingThreads(context, Objects.requireNonNull(threads));
    return this;
  }

  /**
   * Guards blocks of all types but those that are named apart: see {@link Hardening}. None unless
   * set. Types that are not hardened cost what they always cost.
   *
   * <p>The system property {@code dev.waitok.hardened} goes before what is set here, type by type:
   * {@code off}, or types by name, or {@code all}, with commas between, each with any of {@code
   * :sample=N}, {@code :zero} and {@code :fail=N} behind it: {@code all:sample=1000,mbuf:zero}.
   *
   * @param hardening how
   * @return this
   */
  public KmallocBuilder hardened(Hardening hardening) {
    plan.all(Objects.requireNonNull(hardening));
    return this;
  }

  /**
   * Guards blocks of one type.
   *
   * @param type its name
   * @param hardening how
   * @return this
   */
  public KmallocBuilder hardened(String type, Hardening hardening) {
    plan.type(Objects.requireNonNull(type), Objects.requireNonNull(hardening));
    return this;
  }

  /**
   * How many bytes of guarded blocks are kept after their free before they are used again; a 64th
   * of the arena, 4 MiB at most, unless set. All of them are used before anybody waits for memory
   * or is refused any.
   *
   * @param bytes 0 to keep none
   * @return this
   */
  public KmallocBuilder quarantine(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("quarantine must not be negative: bytes=" + bytes);
    }
    quarantineBytes = bytes;
    return this;
  }

  /**
   * Who is told of damage to guarded blocks, after it was logged.
   *
   * @param handler called on a thread of the allocator; a call that may wait for memory is refused
   * @return this
   */
  public KmallocBuilder onDamage(Consumer<? super MemoryDamage> handler) {
    damageHandler = Objects.requireNonNull(handler);
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
   * After how many frees on an owner of zones a type has ready blocks there, and after how many of
   * a class it has one of that class.
   */
  KmallocBuilder readyAfter(int frees) {
    readyAfter = frees;
    return this;
  }

  int readyAfter() {
    return readyAfter;
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
    int fewest = marks == null ? Thresholds.FEWEST_PAGES : 1; // marks of one's own are held to fit
    if (pages < fewest) {
      throw Failures.arenaTooSmall(bytes, 1L << shift, fewest);
    }
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
    if (mapped && !PageArena.canReserve()) {
      LOG.warn(
          "the arena's {} bytes are taken at once, and unused memory is not given back: {}",
          bytes,
          Kmalloc.class.getModule().isNativeAccessEnabled()
              ? "this system has no way of mapping that is known here"
              : "native access is denied; start with --enable-native-access="
                  + Failures.nativeAccessTarget());
    }
    return mapped ? PageArena.reserve(bytes, shift, hugePages) : PageArena.allocate(bytes, shift);
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

  HardeningPlan hardening() {
    return plan.with(System.getProperty(HardeningPlan.PROPERTY));
  }

  long quarantineBytes(long arena) {
    return quarantineBytes >= 0
        ? quarantineBytes
        : Math.min(MOST_QUARANTINE, arena / QUARANTINE_PART);
  }

  @Nullable Consumer<? super MemoryDamage> damageHandler() {
    return damageHandler;
  }

  /** Has something done at the process's end; not in a simulation, which ends before. */
  @Nullable AtExit atExit(Runnable action) {
    return surrounding == null ? AtExit.run(action) : null;
  }

  boolean decidesEachAttempt() {
    return policy == PageClassPolicy.EACH_ATTEMPT;
  }

  long giveBackNanos() {
    return giveBackAfter.toNanos();
  }

  long retainedBytes(long arena) {
    return retainedBytes >= 0 ? retainedBytes : arena / RETAINED_PART;
  }

  /** In a simulation every rest is found anyway. */
  boolean isScheduledOnly() {
    return scheduledOnly && surrounding == null;
  }

  StallPolicy stallPolicy() {
    return stallPolicy;
  }

  @Nullable Consumer<? super MemoryReport> stallHandler() {
    return stallHandler;
  }

  long stallNanos() {
    return stall.toNanos();
  }
}
