package dev.waitok.examples.pressure;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.Scheduler;
import dev.waitok.examples.trace.Trace;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Everything at once, over time: LWKT threads replay recorded programs, a plain thread writes and
 * reads a file larger than the arena, another one takes bursts with a deadline; then silence.
 */
final class Load implements Scenario {
  private static final long SEED = 42;
  private static final Duration BUSY = Duration.ofSeconds(6);
  private static final Duration SILENT = Duration.ofSeconds(3);
  private static final long SAMPLE_MILLIS = 100;

  private final DispatchOption dispatch;
  private final List<Trace> traces;
  private final AtomicBoolean going = new AtomicBoolean(true);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<Sample> samples = new ArrayList<>();
  private final LongAdder burstsCutShort = new LongAdder();
  private String dispatched = "";

  Load(DispatchOption dispatch, List<Trace> traces) {
    this.traces = traces;
    this.dispatch = dispatch;
  }

  String dispatched() {
    return dispatched;
  }

  List<Sample> samples() {
    return samples;
  }

  @Override
  public void run(Figures figures) throws IOException, InterruptedException {
    Path file = Files.createTempFile("waitok-pressure", ".data");
    try (Kmalloc kmalloc = Kmalloc.builder().arena(24 * MIB).pageSize(PAGE).build();
        Lwkt lwkt = Scheduler.start(kmalloc, dispatch, 1);
        VmObject object = kmalloc.writableObject(file, 48 * MIB)) {
      dispatched = Scheduler.dispatch(lwkt);
      List<LwktThread> replays = new ArrayList<>();
      for (Trace trace : traces) {
        MallocType type = kmalloc.type("trace " + replays.size());
        replays.add(
            lwkt.thread(type.name())
                .priority(Priority.KERN_DAEMON)
                .cpu(0)
                .start(() -> guarded(() -> replay(trace, type))));
      }
      Thread files = Thread.ofPlatform().start(() -> guarded(() -> useFile(object)));
      Thread bursts = Thread.ofPlatform().start(() -> guarded(() -> burst(kmalloc.type("burst"))));
      long begin = System.nanoTime();
      sample(kmalloc, begin, BUSY);
      going.set(false);
      files.join();
      bursts.join();
      int ended = 0;
      for (LwktThread replay : replays) {
        ended += replay.join(Duration.ofSeconds(20)) ? 1 : 0;
      }
      object.sync();
      object.cachePages();
      sample(kmalloc, begin, BUSY.plus(SILENT));
      tell(figures, kmalloc, ended);
    } finally {
      Files.delete(file);
    }
  }

  private void tell(Figures figures, Kmalloc kmalloc, int ended) {
    @Nullable Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("the load failed", thrown);
    }
    Sample last = samples.getLast();
    figures
        .figure("samples", samples.size())
        .figure("livePeak", samples.stream().mapToLong(Sample::live).max().orElse(0))
        .figure("residentPeak", samples.stream().mapToLong(Sample::resident).max().orElse(0))
        .figure("reclaimedPages", kmalloc.pageStatistics().reclaimedPages())
        .figure("waits", kmalloc.statistics().stream().mapToLong(t -> t.waits()).sum())
        .figure("burstsCutShort", burstsCutShort.sum())
        .exactly("threadsEnded", ended, traces.size())
        .atMost("liveAtTheEnd", last.live(), 0)
        .atMost(
            "residentAtTheEnd",
            last.resident(),
            (long) last.cache() * PAGE + last.live() + 8 * MIB);
  }

  private void sample(Kmalloc kmalloc, long begin, Duration until) throws InterruptedException {
    long now = millisSince(begin);
    while (now < until.toMillis()) {
      samples.add(Sample.of(kmalloc, now));
      Thread.sleep(SAMPLE_MILLIS);
      now = millisSince(begin);
    }
    samples.add(Sample.of(kmalloc, now));
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private interface Body {
    void run() throws Exception;
  }

  private void guarded(Body body) {
    try {
      body.run();
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void replay(Trace trace, MallocType type) {
    long[] blocks = new long[trace.ids()];
    while (going.get()) {
      Arrays.fill(blocks, -1);
      for (int event = 0; event < trace.events() && going.get(); event++) {
        int id = trace.operation(event) == Trace.FREE ? trace.id(event) : -1;
        if (id >= 0) {
          free(type, blocks, id);
        } else if (trace.operation(event) == Trace.REALLOC) {
          if (trace.argument(event) != Trace.NO_ID) {
            free(type, blocks, trace.argument(event));
          }
          blocks[trace.id(event)] = type.kmallocAddress(trace.size(event), M_WAITOK);
        } else {
          blocks[trace.id(event)] = type.kmallocAddress(trace.size(event), M_WAITOK);
        }
        if (event % 64 == 0) {
          Lwkt.poll();
        }
      }
      for (int id = 0; id < blocks.length; id++) {
        free(type, blocks, id);
      }
    }
  }

  private static void free(MallocType type, long[] blocks, int id) {
    if (blocks[id] != -1) {
      type.kfree(blocks[id]);
      blocks[id] = -1;
    }
  }

  private void useFile(VmObject object) throws IOException {
    Random random = new Random(SEED);
    MemorySegment bytes = MemorySegment.ofArray(new byte[PAGE]);
    while (going.get()) {
      long at = random.nextLong(object.size() - PAGE);
      if (random.nextInt(4) == 0) {
        object.write(at, bytes);
      } else {
        object.read(at, bytes);
      }
    }
  }

  private void burst(MallocType type) throws InterruptedException {
    while (going.get()) {
      List<MemorySegment> blocks = new ArrayList<>();
      try {
        for (int i = 0; i < 48; i++) {
          MemorySegment block = type.kmalloc(256 << 10, Duration.ofMillis(500));
          block.fill((byte) 1);
          blocks.add(block);
        }
      } catch (KmallocTimeoutException e) {
        burstsCutShort.increment();
      }
      Thread.sleep(300);
      blocks.forEach(type::kfree);
      Thread.sleep(900);
    }
  }
}
