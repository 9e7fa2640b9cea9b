package dev.waitok.kmalloc.arena;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One large reservation of memory, divided into pages of one size. It knows addresses and nothing
 * of what the pages hold.
 *
 * <p>Three kinds: mapped from the system, which commits a page when it is first touched; allocated
 * from a {@link Arena} where mapping is not possible, which commits all at once; and a caller's own
 * segment, which closing leaves alone.
 */
public final class PageArena {
  /** Blocks and runs up to this alignment need no look at the arena's own address: 2 MiB. */
  private static final long BASE_ALIGNMENT = 2L << 20;

  /**
   * No access on both sides of a mapping, so that it is one of its own in the system's records and
   * native code that runs over its end is stopped. A multiple of every system's page size.
   */
  private static final long GUARD = 64 << 10;

  private final Arena scope;
  private final MemorySegment memory;
  private final boolean committedLazily;
  private final boolean mapped;
  private final int pageShift;
  private final int pages;

  /** What gives the memory back; null for a caller's own. */
  private final @Nullable Runnable release;

  /** One for the arena until it is closed, and one for each who keeps the memory longer. */
  private final AtomicInteger keepers = new AtomicInteger(1);

  private volatile boolean closed;

  private PageArena(
      Arena scope,
      MemorySegment memory,
      boolean committedLazily,
      boolean mapped,
      int pageShift,
      @Nullable Runnable release) {
    this.scope = scope;
    this.memory = memory;
    this.committedLazily = committedLazily;
    this.mapped = mapped;
    this.pageShift = pageShift;
    this.release = release;
    this.pages = Math.toIntExact(memory.byteSize() >>> pageShift);
  }

  /**
   * Reserves an arena from the system, or from a shared {@link Arena} where that is not possible.
   *
   * @param bytes the size, a multiple of the page size
   * @param pageShift the page size as a power of two
   * @param hugePages whether the system may put huge pages behind it
   * @throws OutOfMemoryError if the system refuses
   */
  public static PageArena reserve(long bytes, int pageShift, boolean hugePages) {
    return Libc.canMap() ? map(bytes, pageShift, hugePages) : allocate(bytes, pageShift);
  }

  /** Whether {@link #reserve} only reserves, and takes memory as it is used. */
  public static boolean canReserve() {
    return Libc.canMap();
  }

  @SuppressWarnings("restricted")
  private static PageArena map(long bytes, int pageShift, boolean hugePages) {
    long reserved = Math.addExact(bytes, BASE_ALIGNMENT + 2 * GUARD);
    long address = Libc.map(reserved);
    if (address == -1) {
      throw new OutOfMemoryError(
          "the system refuses to map " + reserved + " bytes for an arena of " + bytes);
    }
    long base = (address + GUARD + BASE_ALIGNMENT - 1) & -BASE_ALIGNMENT;
    long end = (base + bytes + GUARD - 1) & -GUARD;
    Libc.guard(address, base - address);
    Libc.guard(end, address + reserved - end);
    Libc.adviseHugePages(base, end - base, hugePages);
    Arena scope = Arena.ofShared();
    MemorySegment memory = MemorySegment.ofAddress(base).reinterpret(bytes, scope, null);
    return new PageArena(scope, memory, true, true, pageShift, () -> Libc.unmap(address, reserved));
  }

  /**
   * Allocates an arena from a shared {@link Arena}: portable, but all of it is committed at once.
   */
  public static PageArena allocate(long bytes, int pageShift) {
    Arena scope = Arena.ofShared();
    return new PageArena(
        scope,
        scope.allocate(bytes, Math.max(1L << pageShift, 64)),
        false,
        false,
        pageShift,
        scope::close);
  }

  /**
   * Uses a caller's own memory: the whole pages inside it.
   *
   * @param segment native and writable, valid for as long as the arena is used
   * @throws IllegalArgumentException if it is not, or holds no whole page
   */
  public static PageArena over(MemorySegment segment, int pageShift) {
    if (!segment.isNative() || segment.isReadOnly()) {
      throw new IllegalArgumentException(
          "the arena's segment must be native and writable: native="
              + segment.isNative()
              + ", readOnly="
              + segment.isReadOnly());
    }
    if (!segment.isAccessibleBy(new Thread(() -> {}))) {
      throw new IllegalArgumentException(
          "the arena's segment must be accessible by all threads, it is confined to one");
    }
    long pageSize = 1L << pageShift;
    long skip = -segment.address() & (pageSize - 1);
    long whole = Math.max(0, segment.byteSize() - skip) & -pageSize;
    if (whole == 0) {
      throw new IllegalArgumentException(
          "no whole page of " + pageSize + " bytes in a segment of " + segment.byteSize());
    }
    return new PageArena(
        Arena.ofShared(), segment.asSlice(skip, whole), true, false, pageShift, null);
  }

  /** All of the arena's memory. */
  public MemorySegment memory() {
    return memory;
  }

  /** The native address of the first page. */
  public long address() {
    return memory.address();
  }

  /** How many pages there are. */
  public int pages() {
    return pages;
  }

  /** The page size as a power of two. */
  public int pageShift() {
    return pageShift;
  }

  /** The page size in bytes. */
  public long pageSize() {
    return 1L << pageShift;
  }

  /** Whether a page costs memory only from its first touch. */
  public boolean committedLazily() {
    return committedLazily;
  }

  /** Whether {@link #giveBack} can do anything: the memory was mapped here, in pages as large. */
  public boolean canGiveBack() {
    return mapped && Libc.canGiveBack(pageSize());
  }

  /** Gives the memory behind pages that nobody uses back to the system. */
  public void giveBack(int page, int n) {
    Libc.giveBack(address() + ((long) page << pageShift), (long) n << pageShift);
  }

  /**
   * How much memory the arena really has from the system: its resident set.
   *
   * @return in bytes, or -1 where the system does not tell
   */
  public long residentBytes() {
    return ResidentMemory.of(address(), memory.byteSize());
  }

  /** The memory of one page. */
  public MemorySegment page(int page) {
    return memory.asSlice((long) page << pageShift, pageSize());
  }

  /** The number that page 0 has within an alignment of so many pages. */
  public int phase(int alignPages) {
    return (int) (address() >>> pageShift) & (alignPages - 1);
  }

  /**
   * Keeps the memory until a {@link #letGo}, also when the arena is closed before.
   *
   * @return false if the arena is closed
   */
  public boolean keep() {
    int now = closed ? 0 : keepers.get();
    while (now > 0 && !keepers.compareAndSet(now, now + 1)) {
      now = keepers.get();
    }
    return now > 0;
  }

  /** Undoes one {@link #keep}; the last one of a closed arena gives the memory back. */
  public void letGo() {
    if (keepers.decrementAndGet() == 0 && release != null) {
      release.run();
    }
  }

  /** Whether the memory is a caller's own, which must outlive those who keep it. */
  public boolean isBorrowed() {
    return release == null;
  }

  /**
   * Ends the arena's lifetime: a later access to its memory throws {@link IllegalStateException}.
   * Memory taken from the system is given back when nobody keeps it; a caller's own segment is left
   * alone. Memory that was allocated from an {@link Arena} is accessible until it is given back.
   *
   * @return how many keep the memory
   */
  public int close() {
    closed = true;
    if (committedLazily) {
      scope.close();
    }
    int others = keepers.get() - 1;
    letGo();
    return others;
  }
}
