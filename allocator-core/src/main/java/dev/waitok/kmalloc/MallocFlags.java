package dev.waitok.kmalloc;

import dev.waitok.kmalloc.slab.Demand;
import dev.waitok.kmalloc.vm.PageRequest;
import java.util.StringJoiner;

/**
 * The flags of a call, as bits of an int, for static import.
 *
 * <p>One of the first group, and any of the second:
 *
 * <table>
 * <caption>Legal sets</caption>
 * <tr><th>set</th><th>calls</th><th>meaning</th></tr>
 * <tr><td>{@code M_WAITOK}</td><td>kmalloc, krealloc</td><td>wait for pages; FREE down to R, then
 *     CACHE</td></tr>
 * <tr><td>{@code M_WAITOK | M_USE_RESERVE}</td><td>kmalloc, krealloc</td><td>the same, FREE down to
 *     I</td></tr>
 * <tr><td>{@code M_INTWAIT}</td><td>kmalloc, krealloc</td><td>the same, FREE to the last
 *     page</td></tr>
 * <tr><td>{@code M_NOWAIT}</td><td>tryKmalloc, tryKrealloc</td><td>null if no page; FREE down to I,
 *     never CACHE</td></tr>
 * <tr><td>{@code M_INTNOWAIT}</td><td>tryKmalloc, tryKrealloc</td><td>the same, FREE to the last
 *     page</td></tr>
 * <tr><td>{@code M_NULLOK} with a set of kmalloc's</td><td>tryKmalloc, tryKrealloc</td><td>wait for
 *     pages, null at the type's limit</td></tr>
 * <tr><td>{@code M_ZERO}, {@code M_CACHEALIGN}, {@code M_POWEROF2}</td><td>all but the realloc
 *     calls</td><td>added to any of the above</td></tr>
 * </table>
 *
 * A caller that preempts somebody takes FREE to the last page with any of them, and never CACHE.
 * Other sets, and sets of the other call, are refused with an {@link IllegalArgumentException} that
 * names them.
 */
public final class MallocFlags {
  private static final int M_RNOWAIT = 0x0001;
  private static final int M_USE_INTERRUPT_RESERVE = 0x1000;

  /** Wait for pages. Never null. */
  public static final int M_WAITOK = 0x0002;

  /** The memory's contents are zero. */
  public static final int M_ZERO = 0x0100;

  /** May use what is kept for those who name the reserve: FREE down to I. */
  public static final int M_USE_RESERVE = 0x0200;

  /** With wait: null rather than an exception at the type's limit. */
  public static final int M_NULLOK = 0x0400;

  /** The size is rounded up to a power of two, and the address is a multiple of it. */
  public static final int M_POWEROF2 = 0x2000;

  /**
   * The memory shares no cache line: below 512 bytes the size becomes a power of two of 64 at
   * least, above, the address is a multiple of 64.
   */
  public static final int M_CACHEALIGN = 0x4000;

  /** Do not wait; FREE down to I. */
  public static final int M_NOWAIT = M_RNOWAIT | M_USE_RESERVE;

  /** Do not wait; FREE to the last page. */
  public static final int M_INTNOWAIT = M_NOWAIT | M_USE_INTERRUPT_RESERVE;

  /** Wait; FREE to the last page. */
  public static final int M_INTWAIT = M_WAITOK | M_USE_RESERVE | M_USE_INTERRUPT_RESERVE;

  private static final int MODIFIERS = M_ZERO | M_POWEROF2 | M_CACHEALIGN;
  private static final int RESERVES = M_USE_RESERVE | M_USE_INTERRUPT_RESERVE;

  private MallocFlags() {}

  /** Refuses a set that is not kmalloc's. */
  static void requireWaiting(int flags, String call) {
    if (!isWaiting(flags & ~MODIFIERS)) {
      throw Failures.illegalFlags(flags, call, "M_WAITOK, M_WAITOK|M_USE_RESERVE or M_INTWAIT");
    }
  }

  /** Refuses a set that is not tryKmalloc's. */
  static void requireTrying(int flags, String call) {
    int set = flags & ~MODIFIERS;
    if (set != M_NOWAIT
        && set != M_INTNOWAIT
        && !((set & M_NULLOK) != 0 && isWaiting(set & ~M_NULLOK))) {
      throw Failures.illegalFlags(
          flags, call, "M_NOWAIT, M_INTNOWAIT, or M_NULLOK with one of kmalloc's sets");
    }
  }

  /** Refuses modifiers, which a realloc call cannot keep. */
  static void requireNoModifiers(int flags, String call) {
    if ((flags & MODIFIERS) != 0) {
      throw Failures.illegalFlags(
          flags, call, "no M_ZERO, M_CACHEALIGN or M_POWEROF2: it could not keep their promise");
    }
  }

  private static boolean isWaiting(int set) {
    return set == M_WAITOK || set == (M_WAITOK | M_USE_RESERVE) || set == M_INTWAIT;
  }

  /** Whether a size or address is to be rounded. */
  static boolean rounds(int flags) {
    return (flags & (M_POWEROF2 | M_CACHEALIGN)) != 0;
  }

  /** What the lower rooms need to know of a legal set. */
  static int demand(int flags) {
    int level =
        switch (flags & RESERVES) {
          case 0 -> PageRequest.TO_RESERVE;
          case M_USE_RESERVE -> PageRequest.TO_INTERRUPT_RESERVE;
          default -> PageRequest.TO_LAST_PAGE;
        };
    return Demand.of(level, (flags & M_WAITOK) != 0);
  }

  /**
   * The names of the flags in a set, joined by {@code |}.
   *
   * @param flags any bits
   * @return for example {@code M_WAITOK|M_ZERO}; unknown bits in hexadecimal
   */
  public static String toString(int flags) {
    StringJoiner names = new StringJoiner("|");
    int rest = flags;
    int set = flags & (M_RNOWAIT | M_WAITOK | RESERVES);
    if (set == M_NOWAIT || set == M_INTNOWAIT || set == M_INTWAIT) {
      names.add(set == M_NOWAIT ? "M_NOWAIT" : set == M_INTWAIT ? "M_INTWAIT" : "M_INTNOWAIT");
      rest &= ~set;
    }
    rest = take(names, rest, M_WAITOK, "M_WAITOK");
    rest = take(names, rest, M_RNOWAIT, "M_RNOWAIT");
    rest = take(names, rest, M_USE_RESERVE, "M_USE_RESERVE");
    rest = take(names, rest, M_USE_INTERRUPT_RESERVE, "M_USE_INTERRUPT_RESERVE");
    rest = take(names, rest, M_NULLOK, "M_NULLOK");
    rest = take(names, rest, M_ZERO, "M_ZERO");
    rest = take(names, rest, M_CACHEALIGN, "M_CACHEALIGN");
    rest = take(names, rest, M_POWEROF2, "M_POWEROF2");
    if (rest != 0 || flags == 0) {
      names.add("0x" + Integer.toHexString(rest));
    }
    return names.toString();
  }

  private static int take(StringJoiner names, int rest, int flag, String name) {
    if ((rest & flag) == 0) {
      return rest;
    }
    names.add(name);
    return rest & ~flag;
  }
}
