package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.guard.Guarded;
import dev.waitok.kmalloc.testfixtures.FakeScheduler;
import dev.waitok.kmalloc.testfixtures.FakeScheduler.WouldSleep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the allocator must do, kept in plain collections beside the real one: live blocks by offset,
 * each with a pattern of its own, and the rules of the decision table.
 */
final class AllocatorModel implements AutoCloseable {
  /** Which type asks: one without a limit, or one with a small one. */
  enum Kind {
    FREE,
    LIMITED
  }

  private static final long LIMIT = 30_000;
  private static final int OBJECT_PAGES = 20;

  private record Live(long size, MallocType type, byte pattern) {}

  private final Kmalloc kmalloc;
  private final TestHooks hooks;
  private final FakeScheduler scheduler;
  private final MallocType unlimited;
  private final MallocType limited;
  private final VmObject object;
  private final int pageSize;
  private final TreeMap<Long, Live> live = new TreeMap<>();
  private boolean tookCacheWhilePreempting;
  private int cpu = -1;
  private byte nextPattern = 1;

  /** What a block may take beside the bytes asked for: its red zones, if it has any. */
  private final int zones;

  AllocatorModel(int pages, int pageSize, int cpus) {
    this(Kmalloc.builder(), 0, pages, pageSize, cpus);
  }

  AllocatorModel(KmallocBuilder builder, int zones, int pages, int pageSize, int cpus) {
    this.pageSize = pageSize;
    this.zones = zones;
    kmalloc =
        builder.arena((long) pages * pageSize).pageSize(pageSize).stripes(2).readyAfter(1).build();
    hooks = TestHooks.of(kmalloc);
    hooks.holdPageout();
    hooks.observe(
        (type, preempting, outcome) ->
            tookCacheWhilePreempting |= preempting && outcome == AttemptObserver.Outcome.CACHE);
    scheduler = new FakeScheduler(cpus);
    kmalloc.schedulerPort().attach(scheduler, cpus);
    unlimited = kmalloc.type("unlimited");
    limited = kmalloc.type("limited", LIMIT);
    object =
        kmalloc.object(
            (long) OBJECT_PAGES * pageSize - 100,
            (offset, into) -> into.fill((byte) (offset / pageSize + 100)));
  }

  void on(int newCpu, boolean preempting) {
    cpu = newCpu;
    scheduler.on(newCpu);
    if (newCpu >= 0) {
      scheduler.preempting(preempting);
    }
  }

  private boolean preempting() {
    return cpu >= 0 && scheduler.isPreempting();
  }

  private MallocType type(Kind kind) {
    return kind == Kind.LIMITED ? limited : unlimited;
  }

  /** A call of the kmalloc family: a block, or the caller would sleep, or the limit; never null. */
  void allocate(long size, int flags, Kind kind) {
    if (cpu < 0) {
      // A plain thread would really park: it asks without wait, which has rules of its own.
      tryAllocate(size, MallocFlags.M_NOWAIT, kind);
      return;
    }
    boolean preempted = preempting();
    PageCounts before = kmalloc.pages();
    try {
      long offset =
          flags == MallocFlags.M_WAITOK
              ? type(kind).kmallocAddress(size)
              : type(kind).kmallocAddress(size, flags);
      assertThat(offset).as("nobody that may wait gets null").isGreaterThanOrEqualTo(0);
      served(offset, size, type(kind), flags, preempted, before);
    } catch (WouldSleep e) {
      assertThat(scheduler.isPreempting()).as("switched away before it waited").isFalse();
    } catch (LimitReachedException e) {
      assertAtLimit(kind, size);
    } catch (RequestTooLargeException e) {
      assertThat(size + zones).isGreaterThan((long) pageSize);
    }
  }

  /** A call of the tryKmalloc family: a block, or null at a floor or the limit. */
  void tryAllocate(long size, int flags, Kind kind) {
    boolean waits = (flags & MallocFlags.M_WAITOK) != 0;
    if (waits && cpu < 0) {
      return;
    }
    boolean preempted = preempting();
    PageCounts before = kmalloc.pages();
    try {
      long offset = type(kind).tryKmallocAddress(size, flags);
      if (offset != Kmalloc.NULL) {
        served(offset, size, type(kind), flags, preempted, before);
      } else if (kind == Kind.FREE) {
        assertThat(waits).as("nobody that may wait gets null").isFalse();
        assertNothingToBeHad(size, flags, preempted);
      }
      if (!waits) {
        assertThat(preempting()).as("no-wait calls do not switch").isEqualTo(preempted);
        assertThat(kmalloc.pages().cache()).as("nor take CACHE").isEqualTo(before.cache());
      }
    } catch (WouldSleep e) {
      assertThat(waits).isTrue();
    } catch (RequestTooLargeException e) {
      assertThat(size + zones).isGreaterThan((long) pageSize);
    }
  }

  private void served(
      long offset, long size, MallocType type, int flags, boolean preempted, PageCounts before) {
    boolean stayedPreempting = preempting();
    PageCounts after = kmalloc.pages();
    if (!preempted && after.free() < before.free()) {
      assertThat(after.free()).as("the floor").isGreaterThanOrEqualTo(floor(flags));
    }
    if (stayedPreempting) {
      assertThat(after.cache()).as("CACHE while preempting").isEqualTo(before.cache());
    }
    long usable = type.usableSize(offset);
    Map.Entry<Long, Live> below = live.floorEntry(offset + usable - 1);
    if (below != null) {
      long end = below.getKey() + below.getValue().type().usableSize(below.getKey());
      assertThat(end)
          .as("overlap with the block at %d", below.getKey())
          .isLessThanOrEqualTo(offset);
    }
    Live block = new Live(size, type, nextPattern++);
    segment(offset, size).fill(block.pattern());
    live.put(offset, block);
  }

  private int floor(int flags) {
    Thresholds thresholds = kmalloc.thresholds();
    return switch (flags & (MallocFlags.M_INTWAIT & ~MallocFlags.M_WAITOK)) {
      case 0 -> thresholds.reserved();
      case MallocFlags.M_USE_RESERVE -> thresholds.interrupt();
      default -> 0;
    };
  }

  private void assertNothingToBeHad(long size, int flags, boolean preempted) {
    int floor = preempted ? 0 : floor(flags);
    int needed = (int) ((size + zones + pageSize - 1) / pageSize);
    boolean room = kmalloc.pages().free() - needed >= floor;
    int page = room ? kmalloc.queues().takeAnyFree(needed) : -1;
    assertThat(page).as("null, with %d pages to be had above %d", needed, floor).isEqualTo(-1);
  }

  private void assertAtLimit(Kind kind, long size) {
    assertThat(kind).isEqualTo(Kind.LIMITED);
    // Each of the owners may keep a batch; then a request that fits is refused early.
    long owners = 2 + 4;
    assertThat(
            limited.statistics().bytes() + (size + zones) * 9 / 8 + 16384 + owners * (LIMIT / 64))
        .isGreaterThan(LIMIT);
  }

  void free(int choice) {
    if (!live.isEmpty()) {
      long offset = pick(choice);
      Live block = live.remove(offset);
      assertIntact(offset, block);
      block.type().kfree(offset);
      assertTwiceIsRefused(offset, block);
    }
  }

  private void assertTwiceIsRefused(long offset, Live block) {
    try {
      block.type().kfree(offset);
    } catch (InvalidFreeException expected) {
      return;
    }
    throw new AssertionError("a second free of offset " + offset + " was believed");
  }

  void reallocate(int choice, long size, boolean wait) {
    if (live.isEmpty()) {
      return;
    }
    long offset = pick(choice);
    Live block = live.get(offset);
    assertIntact(offset, block);
    long moved;
    try {
      moved =
          wait && cpu >= 0
              ? block.type().kreallocAddress(offset, size, MallocFlags.M_WAITOK)
              : block.type().tryKreallocAddress(offset, size, MallocFlags.M_NOWAIT);
    } catch (WouldSleep | LimitReachedException | RequestTooLargeException e) {
      assertIntact(offset, block);
      return;
    }
    if (moved == Kmalloc.NULL) {
      assertIntact(offset, block);
      return;
    }
    live.remove(offset);
    long kept = Math.min(size, block.size());
    assertFilled(segment(moved, kept), block.pattern());
    Live resized = new Live(size, block.type(), nextPattern++);
    segment(moved, size).fill(resized.pattern());
    live.put(moved, resized);
  }

  private long pick(int choice) {
    List<Long> offsets = new ArrayList<>(live.keySet());
    return offsets.get(Math.floorMod(choice, offsets.size()));
  }

  /** Reads a page of the object as a plain thread, if that needs no wait for memory. */
  void readObject(int choice) {
    if (kmalloc.pages().free() <= kmalloc.thresholds().reserved() && kmalloc.pages().cache() == 0) {
      return;
    }
    on(-1, false);
    int index = Math.floorMod(choice, OBJECT_PAGES);
    try (PageRef page = object.page(index)) {
      assertFilled(page.segment(), (byte) (index + 100));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void cacheObject() {
    on(-1, false);
    object.cachePages();
  }

  private void assertIntact(long offset, Live block) {
    assertFilled(segment(offset, block.size()), block.pattern());
  }

  private static void assertFilled(MemorySegment segment, byte pattern) {
    for (long i = 0; i < segment.byteSize(); i++) {
      if (segment.get(ValueLayout.JAVA_BYTE, i) != pattern) {
        throw new AssertionError(
            "byte " + i + " is " + segment.get(ValueLayout.JAVA_BYTE, i) + ", not " + pattern);
      }
    }
  }

  private MemorySegment segment(long offset, long size) {
    return kmalloc.memory().asSlice(offset, size);
  }

  /** What holds after every step. */
  void check() {
    scheduler.runMessages();
    hooks.checkInvariants();
    PageCounts pages = kmalloc.pages();
    assertThat(
            pages.free()
                + pages.cache()
                + pages.inactive()
                + pages.active()
                + pages.hold()
                + pages.wired())
        .isEqualTo(pages.total());
    assertThat(tookCacheWhilePreempting).as("CACHE while preempting").isFalse();
    long bytes = 0;
    for (Map.Entry<Long, Live> entry : live.entrySet()) {
      bytes += entry.getValue().type() == limited ? charged(entry.getKey()) : 0;
    }
    assertThat(limited.statistics().bytes()).isEqualTo(bytes).isLessThanOrEqualTo(LIMIT);
    assertThat(limited.statistics().peakBytes()).isLessThanOrEqualTo(LIMIT);
    assertThat(limited.statistics().inUse() + unlimited.statistics().inUse())
        .isEqualTo(live.size());
  }

  private long charged(long offset) {
    Guarded guarded = kmalloc.guarded(offset);
    return guarded == null ? limited.usableSize(offset) : guarded.total();
  }

  /** Frees everything and sees that all pages are back that an allocation took. */
  void freeAll() {
    for (int i = 0; !live.isEmpty(); i++) {
      on(i % 2 - 1, false);
      free(i);
    }
    on(0, false);
    hooks.callIn();
    scheduler.runMessages();
    hooks.callIn();
    check();
    int held = kmalloc.pages().cache() + kmalloc.pages().inactive() + kmalloc.pages().active();
    assertThat(kmalloc.pages().free() + held).isEqualTo(kmalloc.pages().total());
    assertThat(unlimited.statistics().bytes()).isZero();
  }

  @Override
  public void close() {
    scheduler.on(-1);
    kmalloc.close();
  }
}
