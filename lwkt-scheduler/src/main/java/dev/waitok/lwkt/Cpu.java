package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.Counters;
import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.FastSource;
import dev.waitok.lwkt.sched.ItemSource;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sched.ThreadSource;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/** One cpu of a scheduler: one of its threads runs at a time. Made by {@link LwktBuilder#start}. */
public final class Cpu {
  private final Lwkt lwkt;
  private final CpuScheduler scheduler;

  Cpu(Lwkt lwkt, CpuScheduler scheduler) {
    this.lwkt = lwkt;
    this.scheduler = scheduler;
  }

  CpuScheduler scheduler() {
    return scheduler;
  }

  /**
   * Which cpu this is.
   *
   * @return its index, from 0
   */
  public int index() {
    return scheduler.index();
  }

  /**
   * Makes an interrupt whose handler runs in a thread of its own: it may wait, and then ceases to
   * preempt. From any thread that may block.
   *
   * @param name the thread's name
   * @param priority whom it preempts: threads of lower priority
   * @param handler one run; what it throws goes to the event listener
   * @return the interrupt
   * @throws LwktClosedException if the scheduler takes no more interrupts
   */
  public Interrupt interrupt(String name, Priority priority, Runnable handler) {
    LwktThread thread = new LwktThread(this, priority, true);
    Runnable ended = () -> lwkt.ended(thread);
    ThreadSource source =
        new ThreadSource(
            scheduler, name, priority.level(), thread, Objects.requireNonNull(handler), ended);
    lwkt.open(source, thread);
    return new Interrupt(source, thread);
  }

  /**
   * Makes an interrupt that is raised with items; see {@link #interrupt(String, Priority,
   * Runnable)}.
   *
   * @param name the thread's name
   * @param priority whom it preempts: threads of lower priority
   * @param handler handles one item; what it throws goes to the event listener
   * @param <T> the items' type
   * @return the interrupt
   * @throws LwktClosedException if the scheduler takes no more interrupts
   */
  public <T> ItemInterrupt<T> interrupt(
      String name, Priority priority, Consumer<? super T> handler) {
    LwktThread thread = new LwktThread(this, priority, true);
    Runnable ended = () -> lwkt.ended(thread);
    ItemSource<T> source =
        new ItemSource<>(
            scheduler, name, priority.level(), thread, Objects.requireNonNull(handler), ended);
    lwkt.open(source, thread);
    return new ItemInterrupt<>(source, thread);
  }

  /**
   * Takes no Java lock, does nothing for longer than nanoseconds, and allocates before it changes
   * anything: the handler of a FAST interrupt, which this makes.
   *
   * <p>It runs at the preemption point itself, as the Java thread it interrupts, whose locks it
   * would simply enter again. If it calls for something that must wait, that call throws {@link
   * MustBlock} with nothing changed, and the handler runs again, from its start, as a thread
   * interrupt of the given priority. On an idle cpu it runs as a thread at once. Two runs never
   * overlap.
   *
   * @param name the name of the thread that runs it then
   * @param priority that thread's priority, and the order among FAST interrupts
   * @param handler one run; what it throws goes to the event listener
   * @return the interrupt
   * @throws LwktClosedException if the scheduler takes no more interrupts
   */
  public Interrupt fastInterrupt(String name, Priority priority, Runnable handler) {
    LwktThread thread = new LwktThread(this, priority, true);
    Runnable ended = () -> lwkt.ended(thread);
    FastSource source =
        new FastSource(
            scheduler, name, priority.level(), thread, Objects.requireNonNull(handler), ended);
    lwkt.open(source, thread);
    return new Interrupt(source, thread);
  }

  /**
   * Makes readiness of NIO channels interrupts of this cpu, by a selector and a plain daemon thread
   * of its own. From any thread that may block.
   *
   * @param name the interrupt thread's name
   * @param priority whom it preempts: threads of lower priority
   * @return the source, to register channels with
   * @throws LwktClosedException if the scheduler takes no more interrupts
   * @throws UnsupportedOperationException in a simulation
   */
  public IoSource io(String name, Priority priority) {
    if (lwkt.isSimulated()) {
      throw Failures.noChannelsInSimulations();
    }
    IoSource io = new IoSource(lwkt, this, Objects.requireNonNull(name), priority);
    io.open(lwkt);
    return io;
  }

  /**
   * Sends a function to this cpu (an inter-processor interrupt): it runs once, in a hard section,
   * at the cpu's next preemption point, and at once if the cpu is idle. From any thread and any
   * section; never blocks.
   *
   * @param function what to run; it may not block
   * @return false if the cpu is closed, so that the function will not run
   */
  public boolean send(Runnable function) {
    return scheduler.send(function);
  }

  /**
   * Makes Java threads that are LWKT threads of this cpu, of priority {@link Priority#KERN_DAEMON};
   * they are queued when started. Its {@code newThread} throws {@link LwktClosedException} once the
   * scheduler is closed.
   *
   * @return a factory
   */
  public ThreadFactory threadFactory() {
    return body -> lwkt.newJavaThread(this, Priority.KERN_DAEMON, body);
  }

  /**
   * What it has counted.
   *
   * @return the counts of now
   */
  public CpuStatistics statistics() {
    Counters counters = scheduler.counters();
    return new CpuStatistics(
        counters.switches(),
        counters.preemptions(),
        counters.fastRuns(),
        counters.mustBlocks(),
        counters.functions());
  }

  @Override
  public String toString() {
    Tcb running = scheduler.running();
    return "cpu " + index() + (running == null ? ", idle" : ", runs " + running.name());
  }
}
