package dev.waitok.kmalloc;

import dev.waitok.kmalloc.guard.Guarded;
import dev.waitok.kmalloc.slab.BlockInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one place where this package's exceptions are made. Each message carries the numbers. */
final class Failures {
  private Failures() {}

  static IllegalArgumentException illegalFlags(int flags, String call, String accepted) {
    return new IllegalArgumentException(
        call + " refuses " + MallocFlags.toString(flags) + ": it takes " + accepted);
  }

  static IllegalArgumentException negativeSize(long size) {
    return new IllegalArgumentException("size must not be negative: size=" + size);
  }

  static IllegalArgumentException illegalAlignment(long alignment) {
    return new IllegalArgumentException("alignment must be a power of two: alignment=" + alignment);
  }

  static IllegalArgumentException foreignType(MallocType type) {
    return new IllegalArgumentException("type " + type.name() + " belongs to another Kmalloc");
  }

  static RequestTooLargeException tooLarge(
      long size, long pages, long total, long pageSize, Thresholds thresholds) {
    return new RequestTooLargeException(
        "no wait could serve it: size="
            + size
            + ", pages="
            + pages
            + ", arena="
            + total
            + " pages of "
            + pageSize
            + " bytes, "
            + thresholds);
  }

  static LimitReachedException limitReached(MallocType type, long size) {
    StringBuilder message = new StringBuilder(200);
    message
        .append("type ")
        .append(type.name())
        .append(type.group() == null ? " is at its limit: size=" : " is at a limit: size=")
        .append(size)
        .append(", limit=")
        .append(type.limit())
        .append(", inUse=")
        .append(type.statistics().bytes());
    for (MallocGroup group = type.group(); group != null; group = group.parent()) {
      message.append("; ").append(figures(group));
    }
    return new LimitReachedException(message.toString());
  }

  static LimitReachedException cannotReserve(String what, long bytes, MallocGroup from) {
    StringBuilder message = new StringBuilder(200);
    message.append("nothing was reserved for ").append(what).append(": bytes=").append(bytes);
    for (MallocGroup group = from; group != null; group = group.parent()) {
      message.append("; ").append(figures(group));
    }
    return new LimitReachedException(message.toString());
  }

  private static String figures(MallocGroup group) {
    GroupStatistics now = group.statistics();
    return "group "
        + now.name()
        + ": limit="
        + now.limit()
        + ", inUse="
        + now.bytes()
        + ", usedOrReserved="
        + now.drawnBytes();
  }

  static IllegalArgumentException otherGroup(
      String what, String name, @Nullable MallocGroup is, MallocGroup wanted) {
    return new IllegalArgumentException(
        what
            + " "
            + name
            + " is "
            + (is == null ? "in no group" : "in group " + is.name())
            + ", not in group "
            + wanted.name());
  }

  static CannotBlockException cannotBlock(String call, String why) {
    return new CannotBlockException(
        call + " may have to wait, and the caller may not block: " + why);
  }

  static IllegalArgumentException negativeTimeout(Duration timeout) {
    return new IllegalArgumentException("timeout must not be negative: timeout=" + timeout);
  }

  static KmallocTimeoutException timedOut(
      MallocType type, long size, Duration timeout, PageCounts pages, PageStatistics figures) {
    return new KmallocTimeoutException(
        "no memory within "
            + timeout
            + ": size="
            + size
            + ", type="
            + type.name()
            + ", waiting="
            + figures.waiting()
            + ", "
            + pages);
  }

  static MemoryStalledException stalled(MallocType type, long size, MemoryReport report) {
    return new MemoryStalledException(
        "nothing was freed for long, and this request came last: size="
            + size
            + ", type="
            + type.name()
            + "; "
            + report);
  }

  static IllegalArgumentException illegalReserve(String name, int pages, int most) {
    return new IllegalArgumentException(
        "reclaimer " + name + " may reserve 0 to " + most + " pages: pages=" + pages);
  }

  static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException(
        "the object cannot be written: its pager is no WritablePager");
  }

  static KmallocClosedException closed() {
    return new KmallocClosedException("the allocator is closed");
  }

  static WrongThreadException wrongThread(Thread owner) {
    return new WrongThreadException(
        "the arena is confined to " + owner + " and was used by " + Thread.currentThread());
  }

  static IllegalArgumentException arenaTooSmall(long bytes, long pageSize, int fewest) {
    return new IllegalArgumentException(
        "the arena is too small: it has "
            + bytes
            + " bytes, and "
            + fewest
            + " pages of "
            + pageSize
            + " bytes are needed at least, "
            + fewest * pageSize
            + " bytes");
  }

  static IllegalCallerException nativeAccessDenied(IllegalCallerException e) {
    return new IllegalCallerException(
        "arenas of a type need native access: start with --enable-native-access="
            + nativeAccessTarget(),
        e);
  }

  /** What the JVM's flag names: the module, or everything on the class path. */
  static String nativeAccessTarget() {
    String module = Failures.class.getModule().getName();
    return module == null ? "ALL-UNNAMED" : module;
  }

  static IllegalStateException arenaClosed() {
    return new IllegalStateException("Already closed: the arena was closed");
  }

  static IllegalStateException keptByArenas(int arenas) {
    return new IllegalStateException(
        "closed, but "
            + arenas
            + " arenas of its types are open: the segment given to the builder must stay valid"
            + " until they are closed");
  }

  static PinnedException pinned(String call) {
    return new PinnedException(
        call + ": the thread preempts, is pinned to its carrier, and could not switch for 10 s");
  }

  static InvalidFreeException invalidFree(
      String call, MallocType type, long offset, long nativeAddress, Guarded block) {
    String what =
        offset != block.offset()
            ? "it points inside the block of "
                + block.size()
                + " bytes at offset "
                + block.offset()
                + " or its red zones: "
            : block.isLive() ? "it is " : "double free of ";
    return new InvalidFreeException(
        call
            + " of offset="
            + offset
            + " (address 0x"
            + Long.toHexString(nativeAddress)
            + ") as type "
            + type.name()
            + ": "
            + what
            + GuardedCalls.describe(block));
  }

  static InvalidFreeException staleSegment(long offset, long size, String what) {
    return new InvalidFreeException(
        "double free: the segment at offset="
            + offset
            + " of size="
            + size
            + " is of a block that was freed"
            + what);
  }

  static InvalidFreeException inUse(String call, MallocType type, String what) {
    return new InvalidFreeException(
        call
            + " as type "
            + type.name()
            + ": a native call or input and output uses the block at the moment: "
            + what);
  }

  static InvalidFreeException invalidFree(
      String call, MallocType type, long offset, long nativeAddress, BlockInfo info, String rest) {
    String what =
        switch (info.state()) {
          case LIVE -> "it is a live block of type " + rest;
          case FREE -> "double free: the block is free already, last used as " + rest;
          case INTERIOR ->
              "it points inside the block of " + info.bytes() + " bytes at offset " + info.start();
          case BETWEEN -> "it points behind the last block of its zone";
          case NO_BLOCK -> "no block begins there: the page is " + rest;
          case OUTSIDE ->
              "it is outside the arena: heap memory, an Arena's, or another Kmalloc's, has to be"
                  + " freed where it came from";
        };
    return new InvalidFreeException(
        call
            + " of offset="
            + offset
            + " (address 0x"
            + Long.toHexString(nativeAddress)
            + ") as type "
            + type.name()
            + ": "
            + what);
  }
}
