package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.arena.PageArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An arena of the JDK's kind whose segments are blocks of a type. Their lifetime is that of an
 * arena of the JDK, so confinement, sharing and use after close are what they are there; when it
 * has ended, each block is freed. The pages stay for as long as an arena over them is open, also
 * when the allocator is closed before it.
 */
final class TypeArena implements Arena {
  private final MallocType type;
  private final Calls calls;
  private final long base;
  private final Arena lifetime;

  /** The only thread that may use it, null if all may. */
  private final @Nullable Thread owner;

  private TypeArena(MallocType type, PageArena pages, Arena lifetime, @Nullable Thread owner) {
    this.type = type;
    this.calls = type.calls();
    this.base = pages.address();
    this.lifetime = lifetime;
    this.owner = owner;
    if (!pages.keep()) {
      throw Failures.closed();
    }
    try {
      // What is added first to a lifetime is done last at its end.
      MemorySegment _ = segment(base, 0, pages::letGo);
    } catch (IllegalCallerException e) {
      pages.letGo();
      throw Failures.nativeAccessDenied(e);
    } catch (RuntimeException | Error e) {
      pages.letGo();
      throw e;
    }
  }

  static Arena confined(MallocType type, PageArena pages) {
    return new TypeArena(type, pages, Arena.ofConfined(), Thread.currentThread());
  }

  static Arena shared(MallocType type, PageArena pages) {
    return new TypeArena(type, pages, Arena.ofShared(), null);
  }

  /** Zeroed, as the JDK's arenas do; an empty segment has an address of its own, too. */
  @Override
  public MemorySegment allocate(long byteSize, long byteAlignment) {
    requireUsable();
    if (byteSize < 0) {
      throw Failures.negativeSize(byteSize);
    }
    long bytes = Math.max(1, byteSize);
    long offset = calls.kmallocAligned(type, bytes, byteAlignment, M_WAITOK | M_ZERO);
    try {
      return segment(base + offset, byteSize, () -> calls.free(offset, type, "Arena.close"));
    } catch (RuntimeException | Error e) {
      calls.free(offset, type, "Arena.allocate"); // the arena was closed meanwhile
      throw e;
    }
  }

  @SuppressWarnings("restricted")
  private MemorySegment segment(long address, long bytes, Runnable atEnd) {
    return MemorySegment.ofAddress(address).reinterpret(bytes, lifetime, gone -> atEnd.run());
  }

  private void requireUsable() {
    if (owner != null && !owner.equals(Thread.currentThread())) {
      throw Failures.wrongThread(owner);
    }
    if (!lifetime.scope().isAlive()) {
      throw Failures.arenaClosed();
    }
  }

  @Override
  public MemorySegment.Scope scope() {
    return lifetime.scope();
  }

  @Override
  public void close() {
    lifetime.close();
  }

  @Override
  public String toString() {
    return "arena of type " + type.name() + (lifetime.scope().isAlive() ? "" : ", closed");
  }
}
