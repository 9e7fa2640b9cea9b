package dev.waitok.lwkt;

import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.spi.Schedulers;
import dev.waitok.lwkt.dispatch.Dispatchers;
import dev.waitok.lwkt.dispatch.SimulatedDispatcher;
import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.InterruptSource;
import dev.waitok.lwkt.sched.Machine;
import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sync.Sleeping;
import dev.waitok.lwkt.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler of light weight kernel threads: some cpus, and threads and interrupts that belong to
 * them.
 *
 * <pre>{@code
 * try (Lwkt lwkt = Lwkt.builder().cpus(2).start()) {
 *   Interrupt disk = lwkt.cpu(0).interrupt("ahc0", Priority.INT_MED, () -> complete());
 *   lwkt.thread("worker").start(() -> {
 *     while (running) { work(); Lwkt.poll(); }   // a preemption point
 *   });
 *   disk.raise();                                // from any thread
 * }
 * }</pre>
 *
 * <p>The static methods are the calling thread's own. Threads that are no LWKT threads may call
 * those that say so.
 */
public final class Lwkt implements AutoCloseable {
  private final String name;
  private final Capabilities capabilities;
  private final Machine machine;
  private final Reporter reporter;
  private final List<Cpu> cpus;
  private final Duration closeTimeout;
  private final Set<LwktThread> threads = ConcurrentHashMap.newKeySet();
  private final Map<LwktThread, InterruptSource> interrupts = new ConcurrentHashMap<>();
  private final AtomicInteger nextCpu = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final LwktContext context;
  private final SchedulerPort.@Nullable Lease lease;

  Lwkt(LwktBuilder builder, Dispatchers.Choice choice) {
    name = builder.name;
    closeTimeout = builder.closeTimeout;
    capabilities =
        new Capabilities(
            Dispatch.valueOf(choice.kind().name()),
            choice.reason(),
            builder.cpus,
            choice.dispatcher().affinity(),
            choice.kind() == Dispatchers.Kind.DIRECT);
    reporter = Reporter.of(name, builder.listener, choice);
    machine = new Machine(name, builder.cpus, choice.dispatcher(), new Failures(), reporter);
    List<Cpu> all = new ArrayList<>();
    for (CpuScheduler cpu : machine.cpus()) {
      all.add(new Cpu(this, cpu));
    }
    cpus = List.copyOf(all);
    SchedulerPort port = builder.port;
    context = new LwktContext(machine);
    lease = port == null ? null : port.attach(context, builder.cpus);
    Schedulers.started(context);
    Sleeping.register(machine);
    open();
  }

  private void open() {
    reporter.watch(machine.cpus());
    SimulatedDispatcher simulated = machine.dispatcher().simulated();
    if (simulated == null) {
      reporter.start();
    } else {
      simulated.world().checkAlways(machine::checkInvariants);
      simulated.world().describe(() -> SimulatedReport.of(name, threads));
    }
    for (Cpu cpu : cpus) {
      LwktThread idle = new LwktThread(cpu, Priority.IDLE_THREAD, false);
      cpu.scheduler().open(idle, idle::bind);
    }
  }

  /**
   * Begins to make a scheduler.
   *
   * @return a builder with 1 cpu for each of the machine's, and dispatch {@link Dispatch#AUTO}
   */
  public static LwktBuilder builder() {
    return new LwktBuilder();
  }

  boolean isSimulated() {
    return machine.dispatcher().simulated() != null;
  }

  /**
   * What this scheduler can do here, and why.
   *
   * @return the same from start to close
   */
  public Capabilities capabilities() {
    return capabilities;
  }

  /**
   * One of its cpus.
   *
   * @param index from 0
   * @return the cpu
   * @throws IllegalArgumentException if there is no such cpu
   */
  public Cpu cpu(int index) {
    if (index < 0 || index >= cpus.size()) {
      throw Failures.noSuchCpu(index, cpus.size());
    }
    return cpus.get(index);
  }

  /**
   * Its cpus.
   *
   * @return the cpus, by index
   */
  public List<Cpu> cpus() {
    return cpus;
  }

  /**
   * Begins to make a thread.
   *
   * @param threadName its name
   * @return how it is to be started
   */
  public LwktThread.Starter thread(String threadName) {
    return new LwktThread.Starter(this, Objects.requireNonNull(threadName));
  }

  LwktThread startThread(int cpuIndex, String threadName, Priority priority, Runnable body) {
    int index = cpuIndex >= 0 ? cpuIndex : Math.floorMod(nextCpu.getAndIncrement(), cpus.size());
    LwktThread thread = newThread(cpus.get(index), threadName, priority, body);
    if (!thread.tcb().admit()) {
      throw Failures.closed(name, "threads");
    }
    thread.javaThread().start();
    return thread;
  }

  Thread newJavaThread(Cpu cpu, Priority priority, Runnable body) {
    if (closed.get()) {
      throw Failures.closed(name, "threads");
    }
    return newThread(cpu, name + "-thread", priority, body).javaThread();
  }

  private LwktThread newThread(Cpu cpu, String threadName, Priority priority, Runnable body) {
    LwktThread thread = new LwktThread(cpu, priority, false);
    Tcb tcb =
        cpu.scheduler()
            .newThread(
                threadName,
                priority.level(),
                thread,
                Objects.requireNonNull(body),
                () -> ended(thread),
                true);
    thread.bind(tcb);
    tcb.whenAdmitted(() -> threads.add(thread));
    return thread;
  }

  /** The last thing a thread does before it leaves its cpu for good. */
  void ended(LwktThread thread) {
    Sleeping.withdraw(thread.tcb());
    threads.remove(thread);
    interrupts.remove(thread);
    thread.hasEnded();
  }

  /** Starts the thread of an interrupt that was just made. */
  void open(InterruptSource source, LwktThread thread) {
    thread.bind(source.thread());
    source
        .thread()
        .whenAdmitted(
            () -> {
              threads.add(thread);
              interrupts.put(thread, source);
            });
    if (!source.thread().admit()) {
      throw Failures.closed(name, "interrupts");
    }
    source.open();
  }

  static Tcb self(String call) {
    Tcb thread = Tcb.current();
    if (thread == null) {
      throw Failures.notLwktThread(call);
    }
    return thread;
  }

  static long nanos(Duration duration) {
    try {
      return Math.max(0, duration.toNanos());
    } catch (ArithmeticException e) {
      return duration.isNegative() ? 0 : Long.MAX_VALUE; // some 292 years are for ever
    }
  }

  /**
   * The LWKT thread that calls. In a FAST interrupt, the thread that was interrupted.
   *
   * @return null if the calling thread is none
   */
  public static @Nullable LwktThread current() {
    Tcb thread = Tcb.current();
    return thread == null ? null : (LwktThread) thread.face();
  }

  /**
   * Whether the caller runs on top of somebody it interrupted: a preempting interrupt thread, a
   * FAST interrupt, a hard section, a spin lock's holder, an IPI function. From any thread.
   *
   * @return false for other threads
   */
  public static boolean preempting() {
    Tcb thread = Tcb.current();
    return thread != null && thread.preempting();
  }

  /**
   * A preemption point: lets pending interrupts run, then gives way to a ready thread of higher
   * priority unless the caller holds a token. Does nothing in a critical section. Costs about a
   * nanosecond when nothing is pending. From any thread.
   */
  public static void poll() {
    Tcb thread = Tcb.current();
    if (thread != null && thread.cpu().needsPoll()) {
      thread.cpu().poll(thread);
    }
  }

  /**
   * Gives way if it is due: lets pending interrupts run, then a ready thread of the caller's
   * priority or a higher one. Does nothing in a critical section. From any thread; not an LWKT
   * thread's is {@link Thread#yield}.
   */
  @SuppressWarnings({"NamedLikeContextualKeyword", "ThreadPriorityCheck"}) // the field's word
  public static void yield() {
    Tcb thread = Tcb.current();
    if (thread == null) {
      World world = World.current();
      if (world == null) {
        Thread.yield();
      } else {
        world.spin("Lwkt.yield");
      }
    } else {
      thread.cpu().giveWay(thread);
    }
  }

  /**
   * Switches (lwkt_switch): a preempting thread returns the cpu to the thread it preempts; any
   * other gives it to the best thread that can run besides itself. Returns when the caller runs
   * again, as an ordinary thread that preempts nobody. Returns at once only if nobody else can run.
   * Tokens are given up meanwhile; a critical section is given up while the caller is off the cpu.
   *
   * @throws MustBlock in a FAST interrupt
   * @throws CannotBlockException in a hard section
   * @throws PinnedException if a native frame or a class initialiser keeps the caller on its cpu
   */
  public static void switchAway() {
    Tcb thread = self("Lwkt.switchAway");
    if (!thread.cpu().switchAway(thread)) {
      thread.cpu().machine().reports().pinned(thread);
      throw thread.cpu().machine().refusals().pinned(thread.name(), 0);
    }
  }

  /**
   * Enters a critical section: until it is left, nothing else runs on this cpu unless the caller
   * waits or switches. Sections nest.
   */
  public static void enterCritical() {
    self("Lwkt.enterCritical").enterCritical();
  }

  /**
   * Leaves a critical section. Leaving the outermost one is a preemption point.
   *
   * @throws IllegalStateException if the caller is in none
   */
  public static void leaveCritical() {
    Tcb thread = self("Lwkt.leaveCritical");
    if (thread.criticalDepth() <= thread.hardDepth()) {
      throw Failures.notInSection(thread.name(), "critical section");
    }
    thread.leaveCritical();
  }

  /** Enters a hard section: a critical one in which the caller may not wait or switch. Nests. */
  public static void enterHard() {
    self("Lwkt.enterHard").enterHard();
  }

  /**
   * Leaves a hard section. Leaving the outermost section is a preemption point.
   *
   * @throws IllegalStateException if the caller is in none
   */
  public static void leaveHard() {
    Tcb thread = self("Lwkt.leaveHard");
    if (thread.hardDepth() == 0) {
      throw Failures.notInSection(thread.name(), "hard section");
    }
    thread.leaveHard();
  }

  /**
   * Gives the cpu up around a call that blocks in Java code (locks, sockets, files, sleep). A
   * preempting thread returns it to the thread it preempts. During the call the thread is a plain
   * virtual thread of the default scheduler, and holds no token; afterwards it is queued at its cpu
   * and continues when its turn comes. From any thread; another's just makes the call.
   *
   * @param call what to call
   * @param <T> the result's type
   * @return what the call returns
   * @throws Exception what the call throws
   * @throws MustBlock in a FAST interrupt
   * @throws CannotBlockException in a hard section
   */
  public static <T extends @Nullable Object> T blocking(Callable<T> call) throws Exception {
    Tcb thread = Tcb.current();
    return thread == null ? call.call() : thread.cpu().away(thread, call);
  }

  /**
   * Sleeps until {@link #wakeup} on the same object. As nothing tells whether the wake-up came
   * before the call, use {@link #tsleepInterlock} where that matters. A preempting thread returns
   * the cpu to the thread it preempts.
   *
   * @param ident what is slept on, by identity
   * @param wmesg what the thread waits for, for people
   * @param atMost how long
   * @return how it ended
   */
  public static SleepResult tsleep(Object ident, String wmesg, Duration atMost) {
    return sleep(ident, wmesg, nanos(atMost), false);
  }

  /**
   * Sleeps without a time limit; see {@link #tsleep(Object, String, Duration)}.
   *
   * @param ident what is slept on, by identity
   * @param wmesg what the thread waits for, for people
   * @return how it ended
   */
  public static SleepResult tsleep(Object ident, String wmesg) {
    return sleep(ident, wmesg, Long.MAX_VALUE, false);
  }

  /**
   * Announces a sleep. Look at the condition after this, then call {@link #tsleepInterlocked} with
   * the same object: a wake-up that came since then ends that sleep at once, so none is lost.
   *
   * @param ident what will be slept on, by identity
   */
  public static void tsleepInterlock(Object ident) {
    Sleeping.interlock(self("Lwkt.tsleepInterlock"), Objects.requireNonNull(ident));
  }

  /**
   * Sleeps as announced by {@link #tsleepInterlock}.
   *
   * @param ident the same object
   * @param wmesg what the thread waits for, for people
   * @param atMost how long
   * @return how it ended
   */
  public static SleepResult tsleepInterlocked(Object ident, String wmesg, Duration atMost) {
    return sleep(ident, wmesg, nanos(atMost), true);
  }

  private static SleepResult sleep(Object ident, String wmesg, long nanos, boolean interlocked) {
    Objects.requireNonNull(ident);
    return SleepResult.of(Sleeping.sleep(self("Lwkt.tsleep"), ident, wmesg, nanos, interlocked));
  }

  /**
   * Wakes all threads, of all schedulers, that sleep on an object. From any thread and any section;
   * never blocks.
   *
   * @param ident what they sleep on
   */
  public static void wakeup(Object ident) {
    Sleeping.wakeAll(Objects.requireNonNull(ident));
  }

  /**
   * Wakes one thread that sleeps on an object, if there is one. A thread that has only announced a
   * sleep ({@link #tsleepInterlock}) may be told besides: its sleep then ends at once, and it looks
   * at its condition again. From any thread and any section; never blocks.
   *
   * @param ident what it sleeps on
   */
  public static void wakeupOne(Object ident) {
    Sleeping.wakeOne(Objects.requireNonNull(ident));
  }

  /** Closes with the builder's time limit; what is left is reported as events. */
  @Override
  public void close() {
    for (LwktThread thread : close(closeTimeout)) {
      reporter.leftAtClose(thread.tcb());
    }
  }

  /**
   * Takes no more threads, interrupts those that run, and waits for their end; then lets the
   * interrupts serve what was raised, and ends them. Cpus with no thread left end; a cpu whose
   * threads do not end goes on serving them, and ends when they have. Closing again returns at
   * once.
   *
   * @param atMost how long it may take
   * @return the threads that have not ended
   * @throws IllegalStateException if one of this scheduler's own threads calls
   */
  public List<LwktThread> close(Duration atMost) {
    Tcb self = Tcb.current();
    if (self != null && self.cpu().machine() == machine) {
      throw Failures.closedFromInside(name);
    }
    if (closed.getAndSet(true)) {
      return List.copyOf(threads);
    }
    return new Shutdown(machine, threads, interrupts, this::release).run(nanos(atMost));
  }

  private void release() {
    Sleeping.unregister(machine);
    SchedulerPort.Lease bound = lease;
    if (bound != null) {
      bound.close();
    }
    Schedulers.stopped(context);
    machine.dispatcher().close();
    reporter.shutDown();
  }

  @Override
  public String toString() {
    return name + "[" + capabilities.dispatch() + ", " + cpus + "]";
  }
}
