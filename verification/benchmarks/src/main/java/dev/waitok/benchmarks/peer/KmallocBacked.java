package dev.waitok.benchmarks.peer;

import dev.waitok.kmalloc.Kmalloc;

/** An allocator that is kmalloc: a scheduler of LWKT threads binds itself to it. */
public interface KmallocBacked extends Allocator {
  Kmalloc kmalloc();
}
