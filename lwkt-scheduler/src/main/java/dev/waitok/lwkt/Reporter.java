package dev.waitok.lwkt;

import dev.waitok.lwkt.dispatch.Dispatchers;
import dev.waitok.lwkt.dispatch.SimulatedDispatcher;
import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Reports;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.world.World;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events from the middle of the scheduler, where nothing may block, to the listener, on a
 * platform thread of its own. It also looks now and then for threads that block in Java code and
 * keep their cpu, which portable dispatch does not notice by itself.
 */
final class Reporter extends Thread implements Reports {
  private static final Logger LOGGER = LoggerFactory.getLogger(Lwkt.class);

  /** More events than this at a time say nothing new; they are counted. */
  private static final int LIMIT = 1000;

  /** How often busy cpus are looked at: a thread has to block through two looks to be reported. */
  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How often it is asked whether a recording wants to know of long stretches. */
  private static final long ASK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Item(
      LwktEvent.Kind kind, Tcb thread, String message, @Nullable Throwable thrown) {}

  private final MpscUnboundedAtomicArrayQueue<Item> queue = new MpscUnboundedAtomicArrayQueue<>(64);
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final Consumer<LwktEvent> listener;
  private final boolean watchBlocking;
  private volatile List<CpuScheduler> watched = List.of();
  private volatile boolean stopped;

  private final @Nullable World world;
  private final RunWatch runs;

  private Reporter(
      String scheduler,
      Consumer<LwktEvent> listener,
      boolean watchBlocking,
      @Nullable World world) {
    super(null, null, scheduler + "-events", 0, false);
    this.listener = listener;
    this.watchBlocking = watchBlocking;
    this.world = world;
    this.runs = new RunWatch(scheduler);
    setDaemon(true);
  }

  /**
   * The reporter of a scheduler. In a simulation it is no thread: events are delivered where they
   * happen, and end the simulation if nobody asked for them.
   */
  static Reporter of(
      String name, @Nullable Consumer<LwktEvent> listener, Dispatchers.Choice choice) {
    SimulatedDispatcher simulated = choice.dispatcher().simulated();
    if (simulated == null) {
      return new Reporter(
          name,
          listener == null ? Reporter::log : listener,
          choice.kind() == Dispatchers.Kind.PORTABLE,
          null);
    }
    World world = simulated.world();
    return new Reporter(
        name, listener == null ? event -> fail(world, event) : listener, false, world);
  }

  private static void fail(World world, LwktEvent event) {
    Throwable thrown = event.thrown();
    Error _ = world.fail(thrown == null ? new AssertionError(event.toString()) : thrown);
  }

  /** What is done with events when nobody asked for them. */
  static void log(LwktEvent event) {
    Throwable thrown = event.thrown();
    if (thrown != null) {
      LOGGER.error("cpu {}: {}: {}", event.cpu(), event.thread(), event.message(), thrown);
    } else {
      StringBuilder stack = new StringBuilder();
      for (StackTraceElement frame : event.stack()) {
        stack.append(System.lineSeparator()).append("\tat ").append(frame);
      }
      LOGGER.warn("cpu {}: {}: {}{}", event.cpu(), event.thread(), event.message(), stack);
    }
  }

  /** Before the cpus open. */
  void watch(List<CpuScheduler> cpus) {
    watched = cpus;
    if (world == null) {
      runs.begin(cpus);
    }
  }

  @Override
  public void uncaught(Tcb thread, Throwable thrown) {
    add(LwktEvent.Kind.UNCAUGHT, thread, "it threw " + thrown.getClass().getName(), thrown);
  }

  @Override
  public void pinned(Tcb thread) {
    add(
        LwktEvent.Kind.PINNED,
        thread,
        "it must leave its cpu and cannot: a native frame or a class initialiser is on its stack",
        null);
  }

  @Override
  public void blockedInJava(Tcb thread) {
    add(
        LwktEvent.Kind.BLOCKED_IN_JAVA,
        thread,
        "it blocks in Java code while it preempts or is in a critical section; use Lwkt.blocking",
        null);
  }

  @Override
  public void unbalanced(Tcb thread, String what) {
    add(LwktEvent.Kind.UNBALANCED, thread, "it ended without leaving " + what, null);
  }

  void leftAtClose(Tcb thread) {
    String waitsFor = thread.waitsFor();
    add(
        LwktEvent.Kind.LEFT_AT_CLOSE,
        thread,
        "it had not ended when the scheduler was closed"
            + (waitsFor == null ? "" : "; it waits for " + waitsFor),
        null);
  }

  private void add(LwktEvent.Kind kind, Tcb thread, String message, @Nullable Throwable thrown) {
    if (world != null) {
      if (!world.isOver()) {
        handOver(new Item(kind, thread, message, thrown));
      }
      return;
    }
    if (waiting.incrementAndGet() > LIMIT) {
      waiting.decrementAndGet();
      lost.incrementAndGet();
      return;
    }
    queue.offer(new Item(kind, thread, message, thrown));
    LockSupport.unpark(this);
  }

  /** Hands over what is left, then ends. */
  void shutDown() {
    stopped = true;
    LockSupport.unpark(this);
  }

  @Override
  public void run() {
    BlockingWatch watch = new BlockingWatch(this);
    StretchWatch stretches = new StretchWatch();
    long lookedAt = System.nanoTime();
    for (; ; ) {
      boolean last = stopped;
      for (Item item = queue.poll(); item != null; item = queue.poll()) {
        waiting.decrementAndGet();
        handOver(item);
      }
      long missed = lost.getAndSet(0);
      if (missed > 0) {
        LOGGER.warn("{} events came too fast and were lost", missed);
      }
      runs.look(watched);
      if (last) {
        runs.end();
        return;
      }
      long now = System.nanoTime();
      if (watchBlocking && now - lookedAt >= LOOK_EVERY_NANOS) {
        lookedAt = now;
        watch.look(watched);
      }
      boolean measures = LongStretchEvent.isOn();
      if (measures) {
        stretches.look(watched);
      }
      if (queue.isEmpty() && !stopped) {
        LockSupport.parkNanos(this, untilNextLook(measures));
      }
    }
  }

  private long untilNextLook(boolean measures) {
    if (measures) {
      return StretchWatch.LIMIT_NANOS;
    }
    if (runs.isLogging()) {
      return RunWatch.EVERY_NANOS;
    }
    return watchBlocking ? LOOK_EVERY_NANOS : ASK_EVERY_NANOS;
  }

  private void handOver(Item item) {
    Tcb thread = item.thread;
    List<StackTraceElement> stack =
        item.thrown == null ? List.of(thread.javaThread().getStackTrace()) : List.of();
    LwktEvent event =
        new LwktEvent(
            item.kind, thread.cpu().index(), thread.name(), item.message, item.thrown, stack);
    StallEvent.commit(event);
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOGGER.error("the listener failed on {}", event, e);
    }
  }
}
