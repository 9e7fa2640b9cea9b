package dev.waitok.benchmarks.peer;

import dev.waitok.kmalloc.Kmalloc;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.Locale;

/** The allocators that are compared, and how a JVM is started that uses each at its best. */
public enum Subject {
  KMALLOC,
  KMALLOC_SEGMENTS,
  MIMALLOC,
  MIMALLOC_CRITICAL,
  JEMALLOC,
  JEMALLOC_CRITICAL,
  GLIBC,
  NETTY_POOLED,
  NETTY_ADAPTIVE,
  CONFINED_ARENA,
  BUMP;

  /** Those that are not ours and not the floor. */
  public static final List<Subject> PEERS =
      List.of(
          MIMALLOC,
          MIMALLOC_CRITICAL,
          JEMALLOC,
          JEMALLOC_CRITICAL,
          GLIBC,
          NETTY_POOLED,
          NETTY_ADAPTIVE,
          CONFINED_ARENA);

  /** Holds what any workload keeps live, in pages of 4 KiB. */
  private static final long ARENA = 512L << 20;

  /**
   * Makes an allocator.
   *
   * @param slots how many blocks may be live at once
   * @param handsOver whether blocks are freed by other threads than made them
   * @return the allocator
   */
  public Allocator open(int slots, boolean handsOver) {
    return switch (this) {
      case KMALLOC -> new KmallocAddresses(Kmalloc.builder().arena(ARENA).build(), slots);
      case KMALLOC_SEGMENTS -> new KmallocSegments(Kmalloc.builder().arena(ARENA).build(), slots);
      case MIMALLOC -> new Mimalloc(slots);
      case MIMALLOC_CRITICAL -> new CriticalCalls(CFunctions.MIMALLOC, slots);
      case JEMALLOC -> new Jemalloc(slots);
      case JEMALLOC_CRITICAL -> new CriticalCalls(CFunctions.JEMALLOC, slots);
      case GLIBC -> new CriticalCalls(CFunctions.GLIBC, slots);
      case NETTY_POOLED -> new NettyBuffers(new PooledByteBufAllocator(true), slots);
      case NETTY_ADAPTIVE -> new NettyBuffers(new AdaptiveByteBufAllocator(true, true), slots);
      case CONFINED_ARENA -> new ConfinedArenas(slots, handsOver);
      case BUMP -> new BumpAndPop(slots);
    };
  }

  /**
   * An allocator over a kmalloc of one's own.
   *
   * @param kmalloc closed with the allocator
   * @param slots how many blocks may be live at once
   * @return its address form
   */
  public static Allocator of(Kmalloc kmalloc, int slots) {
    return new KmallocAddresses(kmalloc, slots);
  }

  public boolean isNetty() {
    return this == NETTY_POOLED || this == NETTY_ADAPTIVE;
  }

  /** As people call it. */
  public String title() {
    return switch (this) {
      case KMALLOC -> "kmalloc";
      case KMALLOC_SEGMENTS -> "kmalloc, segments";
      case MIMALLOC -> "mimalloc (LWJGL)";
      case MIMALLOC_CRITICAL -> "mimalloc (critical calls)";
      case JEMALLOC -> "jemalloc (LWJGL)";
      case JEMALLOC_CRITICAL -> "jemalloc (critical calls)";
      case GLIBC -> "glibc (critical calls)";
      case NETTY_POOLED -> "Netty pooled";
      case NETTY_ADAPTIVE -> "Netty adaptive";
      case CONFINED_ARENA -> "Arena";
      case BUMP -> "bump-and-pop";
    };
  }

  /** As it is called in ids. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
