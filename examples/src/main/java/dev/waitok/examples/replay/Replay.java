package dev.waitok.examples.replay;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.report.Progress;
import dev.waitok.examples.trace.Trace;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replays one trace on a fresh allocator with as many stripes as the trace has threads: first with
 * patterns, which gives the peaks and finds corruption, then without, as often as it takes to
 * measure a time.
 */
final class Replay {
  /** The passes without patterns: an odd number, so that the median is one of them. */
  private static final int TIMED_PASSES = 5;

  /** Room for what a page size, a size class and an order of threads may add to the live bytes. */
  private static final int ARENA_PER_LIVE_BYTE = 4;

  private static final long SMALLEST_ARENA = 8L << 20;

  private final Trace trace;
  private final ThreadKind kind;
  private final DispatchOption dispatch;

  Replay(Trace trace, ThreadKind kind, DispatchOption dispatch) {
    this.trace = trace;
    this.kind = kind;
    this.dispatch = dispatch;
  }

  ReplayRun run() throws InterruptedException {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(arenaBytes()).stripes(trace.threads()).build();
        Crew crew = crew(kmalloc)) {
      MallocType type = kmalloc.type("replay");
      kmalloc.resetPeaks();
      ReplayPass checked = pass(kmalloc, type, crew, true);
      long retained = kmalloc.pageStatistics().retainedPeak() * kmalloc.pages().pageSize();
      long[] nanos = new long[TIMED_PASSES];
      for (int i = 0; i < TIMED_PASSES; i++) {
        nanos[i] = pass(kmalloc, type, crew, false).nanos();
      }
      Arrays.sort(nanos);
      return new ReplayRun(
          trace.name(),
          kind.toString(),
          crew.dispatch(),
          trace.events(),
          checked.livePeak(),
          retained,
          Math.round(10.0 * nanos[TIMED_PASSES / 2] / trace.events()) / 10.0,
          checked.corruption(),
          type.statistics().inUse());
    }
  }

  private ReplayPass pass(Kmalloc kmalloc, MallocType type, Crew crew, boolean patterns)
      throws InterruptedException {
    ReplayPass pass = new ReplayPass(trace, kmalloc, type, crew, patterns);
    List<Crew.Member> members = new ArrayList<>();
    try (Progress shown = new Progress("replay " + trace.name())) {
      for (int i = 0; i < trace.threads(); i++) {
        int thread = i;
        members.add(crew.start("replay-" + i, i, () -> pass.replayThread(thread)));
      }
      for (Crew.Member member : members) {
        while (!member.join(Duration.ofMillis(200))) {
          shown.show(pass.done(), trace.events(), "events");
        }
      }
      Crew.Member last = crew.start("replay-left", 0, pass::freeLeft);
      while (!last.join(Duration.ofSeconds(1))) {
        shown.show(trace.events(), trace.events(), "events");
      }
    }
    @Nullable Throwable failure = pass.failure();
    if (failure != null) {
      throw new IllegalStateException(trace.name() + ": a thread of the replay failed", failure);
    }
    return pass;
  }

  private Crew crew(Kmalloc kmalloc) {
    return switch (kind) {
      case LWKT ->
          new LwktCrew(
              kmalloc,
              dispatch,
              Math.min(trace.threads(), Runtime.getRuntime().availableProcessors()));
      case PLATFORM -> new JavaCrew(Thread.ofPlatform());
      case VIRTUAL -> new JavaCrew(Thread.ofVirtual());
    };
  }

  /** Large enough for the trace in any order that {@link Turns} lets its threads take. */
  private long arenaBytes() {
    long window = 0;
    long widest = 0;
    for (int event = 0; event < trace.events(); event++) {
      window += trace.size(event);
      if (event >= Turns.WINDOW) {
        window -= trace.size(event - Turns.WINDOW);
      }
      widest = Math.max(widest, window);
    }
    long live = trace.livePeak() + (trace.threads() > 1 ? widest : 0);
    return Math.max(SMALLEST_ARENA, ARENA_PER_LIVE_BYTE * (live + trace.largest()));
  }
}
