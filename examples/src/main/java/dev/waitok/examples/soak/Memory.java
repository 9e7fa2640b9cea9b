package dev.waitok.examples.soak;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MemoryDamage;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.TypeStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Whether an allocator is as it was when nobody had used it. */
final class Memory {
  /**
   * What stays resident of an arena that nobody uses: the pages of pageout's reserve, which are
   * wired, and what the system counts late.
   */
  private static final long RESIDENT_SLACK = 256 << 10;

  private static final int TRIES = 100;

  private final Kmalloc kmalloc;
  private final TestHooks hooks;
  private final int freeAtStart;
  private final long residentAtStart;

  Memory(Kmalloc kmalloc) {
    this.kmalloc = kmalloc;
    this.hooks = TestHooks.of(kmalloc);
    this.freeAtStart = kmalloc.pages().free();
    this.residentAtStart = resident();
  }

  long residentAtStart() {
    return residentAtStart;
  }

  long resident() {
    return kmalloc.residentBytes().orElse(0);
  }

  /** What is not as it was, in words; empty if all is. */
  List<String> differences() {
    List<String> found = new ArrayList<>();
    hooks.callIn();
    try {
      hooks.checkInvariants();
    } catch (IllegalStateException e) {
      found.add("invariant " + e.getMessage());
    }
    for (TypeStatistics type : kmalloc.statistics()) {
      if (type.inUse() != 0 || type.bytes() != 0) {
        found.add("left: " + type);
      }
    }
    if (kmalloc.pages().free() != freeAtStart) {
      found.add("FREE was " + freeAtStart + ", now " + kmalloc.pages());
    }
    if (kmalloc.pageStatistics().lateDoubleFrees() != 0) {
      found.add("late double frees: " + kmalloc.pageStatistics().lateDoubleFrees());
    }
    for (MemoryDamage damage : kmalloc.checkAll()) {
      found.add("damage: " + damage);
    }
    if (kmalloc.damages() != 0) {
      found.add("damages: " + kmalloc.damages());
    }
    return found;
  }

  /** Gives what is unused back to the system; whether as little is left as at the start. */
  boolean trims() {
    for (int i = 0; i < TRIES && resident() > residentAtStart + RESIDENT_SLACK; i++) {
      hooks.trim();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return resident() <= residentAtStart + RESIDENT_SLACK;
  }
}
