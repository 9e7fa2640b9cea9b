package dev.waitok.kmalloc.guard;

import dev.waitok.kmalloc.arena.ShortLock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of all guarded blocks, in a list for each page that one begins in.
 *
 * <p>Lists are changed under short locks, any number of pages to one, with nothing allocated
 * inside, and read without: a record that is taken out keeps its `next`, so a reader goes on.
 */
final class GuardedBlocks {
  private static final VarHandle HEAD = MethodHandles.arrayElementVarHandle(Guarded[].class);
  private static final int LOCKS = 64;

  private final @Nullable Guarded[] heads;
  private final ShortLock[] locks = new ShortLock[LOCKS];
  private final int pageShift;

  /** Whether there ever was a block whose owner's bytes begin more than a page behind its start. */
  private volatile boolean anyFarIn;

  GuardedBlocks(int pages, int pageShift) {
    this.heads = new Guarded[pages];
    this.pageShift = pageShift;
    Arrays.setAll(locks, i -> new ShortLock());
  }

  private int page(long offset) {
    return (int) (offset >>> pageShift);
  }

  private @Nullable Guarded head(int page) {
    return (Guarded) HEAD.getVolatile(heads, page);
  }

  void add(Guarded block) {
    if (block.offset - block.start > 1L << pageShift) {
      anyFarIn = true;
    }
    int page = page(block.start);
    ShortLock lock = locks[page % LOCKS];
    lock.lock();
    block.next = heads[page];
    HEAD.setVolatile(heads, page, block);
    lock.unlock();
  }

  void remove(Guarded block) {
    int page = page(block.start);
    ShortLock lock = locks[page % LOCKS];
    lock.lock();
    Guarded before = null;
    Guarded b = heads[page];
    while (b != null && b != block) {
      before = b;
      b = b.next;
    }
    if (b != null) {
      if (before == null) {
        HEAD.setVolatile(heads, page, b.next);
      } else {
        before.next = b.next;
      }
    }
    lock.unlock();
  }

  /** The record of the block that begins at an offset, owner's or zone's, or null. */
  @Nullable Guarded startingAt(long start) {
    for (Guarded b = head(page(start)); b != null; b = b.next) {
      if (b.start == start && !b.is(Guarded.GONE)) {
        return b;
      }
    }
    return null;
  }

  /** Whether a block's owner's bytes may begin at an offset; most that are not guarded are told. */
  boolean mayBegin(long offset) {
    int page = page(offset);
    return anyFarIn || head(page) != null || (page > 0 && head(page - 1) != null);
  }

  /** Shows every record that is there all the while, and maybe others. */
  void forEach(Consumer<? super Guarded> action) {
    for (int page = 0; page < heads.length; page++) {
      for (Guarded b = head(page); b != null; b = b.next) {
        action.accept(b);
      }
    }
  }
}
