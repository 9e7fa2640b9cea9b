package dev.waitok.kmalloc.vm;

/**
 * What a page is at the moment: exactly one of these.
 *
 * <pre>
 * FREE     -> WIRED     // a request takes it
 * WIRED    -> FREE      // freed: block zone, large run, or a page whose read failed
 * WIRED    -> HOLD      // a pager has filled it and its first user holds it
 * HOLD     -> INACTIVE  // the last user let go, used once
 * HOLD     -> ACTIVE    // the last user let go, used before
 * INACTIVE -> ACTIVE    // pageout finds it used again
 * ACTIVE   -> INACTIVE  // pageout ages it
 * HOLD     -> CACHE     // pageout has written it out, nobody else held it
 * INACTIVE -> CACHE     // pageout: clean, can be had again from its pager
 * CACHE, INACTIVE, ACTIVE -> HOLD  // a user holds it
 * CACHE    -> WIRED     // reclaimed, and goes straight to the request that reclaimed it
 * CACHE    -> WIRED -> FREE        // reclaimed by pageout
 * </pre>
 */
public final class PageState {
  /** Belongs to nobody. */
  public static final byte FREE = 0;

  /** Clean, unused, with an identity: its object finds it again, or a request reclaims it. */
  public static final byte CACHE = 1;

  /** Holds an object's contents; not used lately. */
  public static final byte INACTIVE = 2;

  /** Holds an object's contents; used lately. */
  public static final byte ACTIVE = 3;

  /** Holds an object's contents and is pinned by at least one user. */
  public static final byte HOLD = 4;

  /** On no queue: blocks, large runs, and pages being read. */
  public static final byte WIRED = 5;

  /** How many states there are. */
  static final int COUNT = 6;

  private static final String[] NAMES = {"FREE", "CACHE", "INACTIVE", "ACTIVE", "HOLD", "WIRED"};

  private PageState() {}

  /** The state's name. */
  public static String name(byte state) {
    return NAMES[state];
  }
}
