package dev.waitok.lwkt.test.model;

/**
 * One step of a program, decided by the model: what it does, and what everything looks like after
 * it.
 *
 * @param op the number of the operation, by which its outcome is known; for those that have none -1
 * @param kind what is done
 * @param caller who does it
 * @param switchesFirst whether an interrupt's handler switches away before it does it
 * @param flags of an allocation
 * @param pages how many are asked for; or an object's page; or a limit
 * @param limited whether the type has a limit
 * @param target the operation whose block is freed or resized
 * @param expected the model's state afterwards, in words
 */
record Command(
    int op,
    Kind kind,
    Caller caller,
    boolean switchesFirst,
    int flags,
    int pages,
    boolean limited,
    int target,
    String expected) {
  /** What can be done. */
  enum Kind {
    ALLOCATE,
    FREE,
    RESIZE,
    PAGE_IN,
    DIRTY,
    CACHE,
    RECLAIM,
    LIMIT,
    EXIT
  }

  /** Who can do it. */
  enum Caller {
    /** A thread of cpu 0, the same until it exits. */
    THREAD0,
    /** One of cpu 1. */
    THREAD1,
    /** A plain thread, for this step only. */
    PLAIN,
    /** An interrupt on top of a thread of cpu 0. */
    PREEMPTOR,
    /** An interrupt of cpu 1 while that idles, so that it preempts nobody. */
    INTERRUPT
  }

  @Override
  public String toString() {
    String what =
        switch (kind) {
          case ALLOCATE, RESIZE ->
              kind
                  + " "
                  + pages
                  + (limited ? " limited" : "")
                  + " "
                  + dev.waitok.kmalloc.MallocFlags.toString(flags);
          case PAGE_IN, DIRTY, LIMIT -> kind + " " + pages;
          default -> kind.toString();
        };
    return "#"
        + op
        + " "
        + what
        + (target >= 0 ? " of #" + target : "")
        + " by "
        + caller
        + (switchesFirst ? ", switching first" : "")
        + "  => "
        + expected;
  }
}
