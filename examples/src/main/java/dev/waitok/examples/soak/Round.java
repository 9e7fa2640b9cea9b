package dev.waitok.examples.soak;

import dev.waitok.examples.memory.Pattern;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.ItemInterrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktEvent;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One storm with faults: an object's pages fill the arena, loads take and free memory, a device
 * raises interrupts whose handlers want some, and threads are cancelled, until the world has had
 * enough; then everybody ends and nothing may be left.
 */
final class Round {
  private static final int CPUS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Pauses of a plain thread without anything settled before the round is given up: a minute. */
  private static final long MOST_PAUSES = 1_000_000;

  private final World world;
  private final World.Scale scale;
  private final Kmalloc kmalloc;
  private final Dispatch dispatch;
  private final Tally tally = new Tally();
  private final Faults faults;
  private final Outbox outbox = new Outbox();
  private final MallocType blocks;
  private final List<LwktThread> threads = new ArrayList<>();
  private long loaders;

  Round(World world, Kmalloc kmalloc, Dispatch dispatch) {
    this.world = world;
    this.scale = world.scale();
    this.kmalloc = kmalloc;
    this.dispatch = dispatch;
    this.faults = new Faults(world, tally);
    this.blocks = kmalloc.type("interrupt");
  }

  /** Runs to the end; what came of it. */
  Tally run() throws Exception {
    long page = kmalloc.pages().pageSize();
    // What the JVM makes at its first access to a segment, it makes behind a lock: not in a
    // handler.
    Parcel.fill(blocks.kmalloc(200), blocks, 0).end(tally);
    faults.failAttempts(kmalloc, true);
    try (VmObject object =
            kmalloc.object(
                2L * scale.pages() * page,
                faults.in((at, into) -> Pattern.fill(into, 0, into.byteSize(), at / page)));
        Lwkt lwkt =
            Lwkt.builder()
                .cpus(CPUS)
                .dispatch(dispatch)
                .kmalloc(kmalloc)
                .onEvent(this::judge)
                .start()) {
      List<ItemInterrupt<Handler.Request>> lines = lines(lwkt);
      List<Interrupt> fast = fastLines(lwkt);
      startThreads(lwkt, object, page);
      World.Task plain = world.start("plain-consumer", this::consume);
      World.Task device = world.start("device", () -> raise(lwkt, lines, fast));
      device.join();
      tally.stop();
      plain.join();
      for (LwktThread thread : threads) {
        if (!thread.join(PATIENCE)) {
          throw new IllegalStateException(thread + " has not ended; " + kmalloc.report());
        }
      }
    } finally {
      faults.failAttempts(kmalloc, false);
    }
    endLate();
    return tally;
  }

  /** A FAST interrupt that was raised last may have come when those who free had ended. */
  private void endLate() {
    for (Parcel late = outbox.poll(); late != null; late = outbox.poll()) {
      end(late);
    }
  }

  private List<ItemInterrupt<Handler.Request>> lines(Lwkt lwkt) {
    List<ItemInterrupt<Handler.Request>> lines = new ArrayList<>();
    for (int i = 0; i < CPUS * scale.lines(); i++) {
      Handler handler = new Handler(blocks, outbox, faults, tally);
      lines.add(lwkt.cpu(i % CPUS).interrupt("nic" + i, Priority.INT_MED, handler));
    }
    return lines;
  }

  private List<Interrupt> fastLines(Lwkt lwkt) {
    List<Interrupt> fast = new ArrayList<>();
    for (int cpu = 0; cpu < CPUS; cpu++) {
      Runnable handler = Handler.fast(blocks, outbox, tally);
      fast.add(lwkt.cpu(cpu).fastInterrupt("fast" + cpu, Priority.INT_HIGH, handler));
    }
    return fast;
  }

  private void startThreads(Lwkt lwkt, VmObject object, long page) {
    for (int cpu = 0; cpu < CPUS; cpu++) {
      for (int i = 0; i < scale.readers(); i++) {
        Reader reader = new Reader(world, object, page, tally);
        start(lwkt, "reader" + i, cpu, reader);
      }
      for (int i = 0; i < scale.loads(); i++) {
        start(lwkt, "load" + i, cpu, loader());
      }
    }
    start(lwkt, "consumer", CPUS - 1, this::consumeAsThread);
  }

  private LwktThread start(Lwkt lwkt, String name, int cpu, Runnable body) {
    LwktThread thread = lwkt.thread(name).priority(Priority.KERN_DAEMON).cpu(cpu).start(body);
    threads.add(thread);
    return thread;
  }

  private Loader loader() {
    return new Loader(world, kmalloc.type("load"), tally, ++loaders << 40);
  }

  /** What a handler's fault causes is expected, and nothing else. */
  private void judge(LwktEvent event) {
    boolean expected =
        switch (event.kind()) {
          case UNCAUGHT -> event.thrown() instanceof Faults.HandlerFault;
          case PINNED -> true;
          default -> false;
        };
    if (!expected) {
      tally.failed(new IllegalStateException(event.toString(), event.thrown()));
    }
  }

  private void raise(Lwkt lwkt, List<ItemInterrupt<Handler.Request>> lines, List<Interrupt> fast) {
    long number = 1L << 50;
    long requests = 0;
    while (!world.isEnough(requests) && !tally.stopped()) {
      if (tally.open() < scale.outstanding()) {
        tally.raised.incrementAndGet();
        requests++;
        lines.get(world.choose(lines.size())).raise(Handler.Request.any(world, ++number));
        if (world.choose(16) == 0) {
          fast.get(world.choose(CPUS)).raise();
        }
        if (world.choose(200) == 0) {
          cancelOne(lwkt);
        }
      } else {
        world.pause();
      }
    }
    settle();
  }

  /** Interrupts a load, which ends, and starts another one in its place. */
  private void cancelOne(Lwkt lwkt) {
    List<LwktThread> loads =
        threads.stream().filter(t -> t.name().startsWith("load") && t.isAlive()).toList();
    if (!loads.isEmpty()) {
      LwktThread victim = loads.get(world.choose(loads.size()));
      victim.interrupt();
      threads.removeIf(t -> !t.isAlive());
      start(lwkt, victim.name(), victim.cpu().index(), loader());
    }
  }

  /** Waits until each request has come to an end. */
  private void settle() {
    long last = tally.open();
    long pauses = 0;
    while (last != 0 && !tally.stopped()) {
      world.pause();
      long open = tally.open();
      pauses = open == last ? pauses + 1 : 0;
      last = open;
      if (pauses > MOST_PAUSES) {
        tally.failed(new IllegalStateException(open + " requests are lost; " + kmalloc.report()));
      }
    }
  }

  private void end(Parcel parcel) {
    parcel.end(tally);
    tally.served.incrementAndGet();
    world.progress();
  }

  private void consumeAsThread() {
    try {
      while (!tally.stopped()) {
        Parcel parcel = outbox.receive();
        if (parcel != null) {
          end(parcel);
        }
        Lwkt.yield();
      }
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
  }

  private void consume() {
    while (!tally.stopped()) {
      Parcel parcel = outbox.poll();
      if (parcel != null) {
        end(parcel);
      }
      world.pause();
    }
  }
}
