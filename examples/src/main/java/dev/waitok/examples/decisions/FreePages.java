package dev.waitok.examples.decisions;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.TestHooks;
import java.util.ArrayDeque;
import java.util.Deque;

/** Drives the number of FREE pages to where a measurement wants it, and lets go of them again. */
final class FreePages {
  private final Kmalloc kmalloc;
  private final TestHooks hooks;
  private final Deque<Integer> taken = new ArrayDeque<>();

  FreePages(Kmalloc kmalloc, TestHooks hooks) {
    this.kmalloc = kmalloc;
    this.hooks = hooks;
  }

  /** Takes FREE pages until only so many are left. */
  void leave(int free) {
    while (kmalloc.pages().free() > free) {
      taken.push(hooks.takeFree());
    }
    if (kmalloc.pages().free() != free) {
      throw new IllegalStateException(
          "FREE has " + kmalloc.pages().free() + " pages, " + free + " were to be left");
    }
  }

  /** Gives back all that was taken. */
  void giveBack() {
    while (!taken.isEmpty()) {
      hooks.giveFree(taken.pop());
    }
  }
}
