package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.slab.Slabs;

/**
 * The calls while somebody observes them: the same, and each is told. They take the place of the
 * plain ones for that time, so the plain ones know nothing of it.
 */
final class ObservedCalls extends Calls {
  private final CallObserver observer;

  ObservedCalls(Kmalloc kmalloc, PageArena arena, Slabs slabs, CallObserver observer) {
    super(kmalloc, arena, slabs);
    this.observer = observer;
  }

  @Override
  long kmalloc(MallocType type, long size) {
    return kmalloc(type, size, M_WAITOK);
  }

  @Override
  long kmalloc(MallocType type, long size, int flags) {
    long offset = super.kmalloc(type, size, flags);
    given(type, offset, size, 1, flags);
    return offset;
  }

  @Override
  long kmallocAligned(MallocType type, long size, long alignment, int flags) {
    long offset = super.kmallocAligned(type, size, alignment, flags);
    given(type, offset, size, alignment, flags);
    return offset;
  }

  @Override
  long tryKmalloc(MallocType type, long size, int flags) {
    long offset = super.tryKmalloc(type, size, flags);
    tried(type, offset, size, 1, flags);
    return offset;
  }

  @Override
  long tryKmallocAligned(MallocType type, long size, long alignment, int flags) {
    long offset = super.tryKmallocAligned(type, size, alignment, flags);
    tried(type, offset, size, alignment, flags);
    return offset;
  }

  private void tried(MallocType type, long offset, long size, long alignment, int flags) {
    given(type, offset, size, alignment, flags);
    observer.tried(type, size, offset == Kmalloc.NULL);
  }

  @Override
  void given(MallocType type, long offset, long size, long alignment, int flags) {
    if (offset >= 0) {
      observer.given(type, offset, size, alignment, flags);
    }
  }

  /** A wrong free is refused before anybody is told of it. */
  @Override
  void free(long offset, MallocType type, String call) {
    if (offset != Kmalloc.ZERO_SIZE) {
      long _ = usableSize(offset, type, call);
      observer.taking(offset);
    }
    super.free(offset, type, call);
  }
}
