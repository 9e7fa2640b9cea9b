package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.peer.Allocator;
import dev.waitok.benchmarks.peer.Subject;
import dev.waitok.benchmarks.threads.ThreadKind;
import dev.waitok.benchmarks.workload.Replay;
import dev.waitok.benchmarks.workload.Rounds;
import dev.waitok.benchmarks.workload.Script;
import dev.waitok.examples.trace.Trace;
import dev.waitok.kmalloc.Kmalloc;
import java.io.IOException;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.mimalloc.mimalloc;

/**
 * How much memory does an allocator take for one replay of a recording, at its peak, by its own
 * statistics? One thread replays it once.
 */
final class Retained {
  /**
   * Room for what a page size and size classes add to the live bytes, as the replay example has.
   */
  private static final int ARENA_PER_LIVE_BYTE = 4;

  private static final long SMALLEST_ARENA = 8L << 20;

  private Retained() {}

  /** The most pages that were neither FREE nor CACHE, in bytes. */
  static double byKmalloc(String file) throws IOException {
    Trace trace = Script.load(file);
    long arena =
        Math.max(SMALLEST_ARENA, ARENA_PER_LIVE_BYTE * (trace.livePeak() + trace.largest()));
    Script script = Script.read(file);
    Kmalloc kmalloc = Kmalloc.builder().arena(arena).stripes(1).build();
    kmalloc.resetPeaks();
    replay(Subject.of(kmalloc, script.slots()), script, ThreadKind.LWKT);
    return (double) kmalloc.pageStatistics().retainedPeak() * kmalloc.pages().pageSize();
  }

  /** The peak of what is committed, mimalloc's own tables included. */
  static double byMimalloc(String file) throws IOException {
    Script script = Script.read(file);
    Allocator allocator = Subject.MIMALLOC.open(script.slots(), false);
    replay(allocator, script, ThreadKind.PLATFORM);
    return mimallocPeak();
  }

  private static void replay(Allocator allocator, Script script, ThreadKind kind) {
    // A round of no length is one chunk: the whole recording.
    try (Rounds rounds = new Rounds(new Replay(allocator, 1, script), kind)) {
      long _ = rounds.run(0);
    }
  }

  private static long mimallocPeak() {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      PointerBuffer other = stack.mallocPointer(1);
      PointerBuffer peak = stack.mallocPointer(1);
      mimalloc.mi_process_info(other, other, other, other, other, other, peak, other);
      return peak.get(0);
    }
  }
}
