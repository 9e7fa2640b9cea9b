package dev.waitok.benchmarks.peer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the JDK offers: an arena for each block. It is confined where one thread uses all blocks;
 * where several do, it has to be shared, as a confined one may only be closed by its own thread.
 */
final class ConfinedArenas extends Segments {
  private static final long ALIGNMENT = 16;

  private final Arena[] arenas;
  private final boolean shared;

  ConfinedArenas(int slots, boolean shared) {
    super(slots);
    this.arenas = new Arena[slots];
    this.shared = shared;
  }

  private Arena newArena() {
    return shared ? Arena.ofShared() : Arena.ofConfined();
  }

  @Override
  public byte pair(int size, byte value) {
    try (Arena arena = newArena()) {
      MemorySegment block = arena.allocate(size, ALIGNMENT);
      block.set(ValueLayout.JAVA_BYTE, 0, value);
      return block.get(ValueLayout.JAVA_BYTE, 0);
    }
  }

  @Override
  public void allocate(int slot, int size) {
    allocateAligned(slot, size, (int) ALIGNMENT);
  }

  @Override
  public void allocateZeroed(int slot, int size) {
    allocate(slot, size);
  }

  @Override
  public void allocateAligned(int slot, int size, int alignment) {
    Arena arena = newArena();
    arenas[slot] = arena;
    put(slot, arena.allocate(size, alignment));
  }

  @Override
  public void reallocate(int slot, int oldSize, int size) {
    Arena oldArena = arenas[slot];
    MemorySegment old = block(slot);
    allocate(slot, size);
    MemorySegment.copy(old, 0, block(slot), 0, Math.min(oldSize, size));
    oldArena.close();
  }

  @Override
  public void free(int slot) {
    arenas[slot].close();
  }

  @Override
  public void close() {
    // Every block is its own.
  }
}
