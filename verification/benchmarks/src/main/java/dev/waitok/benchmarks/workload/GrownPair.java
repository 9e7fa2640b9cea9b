package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Subject;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;

/** A pair of kmalloc's, beside many live blocks, in an arena of any size, in turn of many types. */
final class GrownPair extends Workload {
  private static final int CHUNK = 1000;
  private static final int SIZE = 256;

  private final MallocType[] types;
  private final MallocType others;
  private final long live;
  private boolean filled;

  GrownPair(long arena, long live, int typeCount) {
    this(Kmalloc.builder().arena(arena).build(), live, typeCount);
  }

  private GrownPair(Kmalloc kmalloc, long live, int typeCount) {
    super(Subject.of(kmalloc, 0), 1);
    this.live = live;
    this.others = kmalloc.type("live");
    this.types = new MallocType[typeCount];
    for (int i = 0; i < typeCount; i++) {
      types[i] = kmalloc.type("type" + i);
    }
  }

  @Override
  long chunk(int thread) {
    if (!filled) {
      filled = true;
      for (long i = 0; i < live; i++) {
        long _ = others.kmallocAddress(SIZE);
      }
    }
    int at = 0;
    for (int i = 0; i < CHUNK; i++) {
      MallocType type = types[at];
      type.kfree(type.kmallocAddress(SIZE));
      at = at + 1 == types.length ? 0 : at + 1;
    }
    return CHUNK;
  }

  @Override
  void end() {
    // What is live goes with the arena.
  }
}
