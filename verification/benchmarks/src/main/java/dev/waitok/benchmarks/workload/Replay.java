package dev.waitok.benchmarks.workload;

import dev.waitok.benchmarks.peer.Allocator;

/**
 * What a real program asked for, in the recorded order. Each thread replays all of the recording,
 * whichever of the program's threads an event belongs to, and frees what is left at its end.
 */
public final class Replay extends Workload {
  private final Script script;

  public Replay(Allocator allocator, int threads, Script script) {
    super(allocator, threads);
    this.script = script;
  }

  @Override
  long chunk(int thread) {
    int base = thread * script.slots();
    int events = script.events();
    for (int i = 0; i < events; i++) {
      int slot = base + script.slot(i);
      int size = script.size(i);
      switch (script.operation(i)) {
        case Script.FREE -> allocator.free(slot);
        case Script.ALLOCATE -> allocator.allocate(slot, size);
        case Script.ZEROED -> allocator.allocateZeroed(slot, size);
        case Script.ALIGNED -> allocator.allocateAligned(slot, size, script.argument(i));
        default -> allocator.reallocate(slot, script.argument(i), size);
      }
      if (size > 0) {
        allocator.setByte(slot, 0, (byte) slot);
        allocator.setByte(slot, size - 1, (byte) slot);
      }
    }
    return events;
  }

  @Override
  void end() {
    // The script frees everything.
  }
}
