package dev.waitok.lwkt.test.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.AttemptObserver.Outcome;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.LimitReachedException;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageClassPolicy;
import dev.waitok.kmalloc.PageCounts;
import dev.waitok.kmalloc.PageRef;
import dev.waitok.kmalloc.RequestTooLargeException;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.Thresholds;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.kmalloc.WritablePager;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.SleepResult;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.test.model.Command.Caller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs a program on a real allocator and two real cpus, in simulation, and compares each step. */
final class RealMemory implements Simulation.Program {
  private static final long PAGE = 32 << 10;

  /** Long enough for everybody to be done or to wait, too short for any tick. */
  private static final Duration A_MOMENT = Duration.ofMillis(1);

  private static final Duration FOREVER = Duration.ofDays(1000);

  private final List<Command> program;
  private final PageClassPolicy policy;

  private static final class Op {
    private final List<String> outcomes = new ArrayList<>();
    private String result = "waits";
  }

  /** What one run has; only one thread of it runs at a time. */
  private final class Machine {
    private final Run run;
    private final Kmalloc kmalloc;
    private final Lwkt lwkt;
    private final VmObject object;
    private final MallocType free;
    private final MallocType limited;
    private final Map<Thread, Op> callers = new HashMap<>();
    private final TreeMap<Integer, Op> ops = new TreeMap<>();
    private final Map<Integer, MemorySegment> blocks = new HashMap<>();
    private final Map<Caller, Worker> workers = new HashMap<>();
    private final Interrupt preemptor;
    private final Interrupt interrupt;
    private final Deque<Runnable> forPreemptor = new ArrayDeque<>();
    private final Deque<Runnable> forInterrupt = new ArrayDeque<>();

    Machine(Run run, Kmalloc kmalloc, Lwkt lwkt, VmObject object) {
      this.run = run;
      this.kmalloc = kmalloc;
      this.lwkt = lwkt;
      this.object = object;
      free = kmalloc.type("free");
      limited = kmalloc.type("limited", limit(ModelMemory.FIRST_LIMIT));
      preemptor =
          lwkt.cpu(0).interrupt("preemptor", Priority.INT_MED, () -> forPreemptor.poll().run());
      interrupt =
          lwkt.cpu(1).interrupt("interrupt", Priority.INT_MED, () -> forInterrupt.poll().run());
    }

    void observe(boolean preempting, Outcome outcome) {
      Op op = callers.get(Thread.currentThread());
      List<String> seen = op.outcomes;
      // A waiter may be woken in vain; the model does not say how often.
      if (outcome != Outcome.WAIT || seen.isEmpty() || !seen.getLast().equals("WAIT")) {
        seen.add(outcome.toString());
      }
      assertThat(preempting && outcome == Outcome.CACHE).as("CACHE for a preemptor").isFalse();
    }

    void step(Command command) throws Exception {
      Op op = new Op();
      switch (command.kind()) {
        case LIMIT -> limited.limit(limit(command.pages()));
        case RECLAIM -> pageoutPass();
        case EXIT -> exit(command.caller());
        case FREE, CACHE -> perform(command, op);
        default -> {
          ops.put(command.op(), op);
          perform(command, op);
        }
      }
      run.sleep(A_MOMENT);
      if (!describe().equals(command.expected())) {
        endAtOnce(new AssertionError("after " + command + "\nreally    " + describe()));
      }
      TestHooks.of(kmalloc).checkInvariants();
    }

    /** Ends the run without closing anything: who waits may wait for ever now. */
    private void endAtOnce(AssertionError difference) {
      run.start(
          "who tells",
          () -> {
            throw difference;
          });
      run.sleep(A_MOMENT);
    }

    private void pageoutPass() {
      TestHooks.of(kmalloc).resumePageout();
      run.sleep(A_MOMENT);
      TestHooks.of(kmalloc).holdPageout();
    }

    private void perform(Command command, Op op) {
      Runnable work =
          () -> {
            if (command.switchesFirst() && command.caller() == Caller.PREEMPTOR) {
              Lwkt.switchAway();
            }
            callers.put(Thread.currentThread(), op);
            carryOut(command, op);
          };
      switch (command.caller()) {
        case THREAD0 -> worker(Caller.THREAD0, 0).give(work);
        case THREAD1 -> worker(Caller.THREAD1, 1).give(work);
        case PLAIN -> run.start("plain " + command.op(), work::run);
        case PREEMPTOR -> {
          forPreemptor.add(work);
          lwkt.thread("victim").cpu(0).start(preemptor::raise);
        }
        case INTERRUPT -> {
          forInterrupt.add(work);
          interrupt.raise();
        }
      }
    }

    private Worker worker(Caller caller, int cpu) {
      return workers.computeIfAbsent(caller, c -> new Worker(lwkt, cpu));
    }

    private void exit(Caller caller) {
      Worker worker = workers.remove(caller);
      if (worker != null) {
        worker.give(null);
      }
    }

    private void carryOut(Command command, Op op) {
      try {
        switch (command.kind()) {
          case ALLOCATE -> allocate(command, op);
          case RESIZE -> resize(command, op);
          case FREE -> free(command.target());
          case PAGE_IN -> {
            try (PageRef page = object.page(command.pages())) {
              assertThat(page.segment().get(ValueLayout.JAVA_BYTE, 9))
                  .isEqualTo((byte) command.pages());
            }
            op.result = "read";
          }
          case DIRTY -> {
            object.write(
                command.pages() * PAGE, MemorySegment.ofArray(new byte[] {(byte) command.op()}));
            op.result = "read";
          }
          case CACHE -> object.cachePages();
          default -> throw new IllegalStateException(command.toString());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (LimitReachedException e) {
        op.result = "limit";
      } catch (RequestTooLargeException e) {
        op.result = "too large";
      }
    }

    private void allocate(Command command, Op op) {
      MallocType type = command.limited() ? limited : free;
      long bytes = command.pages() * PAGE;
      settle(
          command,
          op,
          isTry(command.flags())
              ? type.tryKmalloc(bytes, command.flags())
              : type.kmalloc(bytes, command.flags()));
    }

    private void resize(Command command, Op op) {
      MemorySegment old = blocks.get(command.target());
      MallocType type = command.limited() ? limited : free;
      check(command.target(), old);
      long bytes = command.pages() * PAGE;
      MemorySegment moved =
          isTry(command.flags())
              ? type.tryKrealloc(old, bytes, command.flags())
              : type.krealloc(old, bytes, command.flags());
      if (moved != null && moved.address() == old.address()) {
        op.result = "same";
        return;
      }
      if (moved != null) {
        assertThat(moved.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) command.target());
        blocks.remove(command.target());
      }
      settle(command, op, moved);
    }

    private void settle(Command command, Op op, MemorySegment block) {
      if (block == null) {
        op.result = op.outcomes.isEmpty() ? "limit" : "null";
        return;
      }
      block.set(ValueLayout.JAVA_BYTE, 0, (byte) command.op());
      block.set(ValueLayout.JAVA_BYTE, block.byteSize() - 1, (byte) command.op());
      blocks.put(command.op(), block);
      op.result = "@" + (block.address() - kmalloc.memory().address()) / PAGE;
    }

    private void check(int number, MemorySegment block) {
      assertThat(block.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) number);
      assertThat(block.get(ValueLayout.JAVA_BYTE, block.byteSize() - 1)).isEqualTo((byte) number);
    }

    private void free(int number) {
      MemorySegment block = blocks.remove(number);
      check(number, block);
      typeOf(number).kfree(block);
    }

    private MallocType typeOf(int number) {
      return program.get(number).limited() ? limited : free;
    }

    String describe() {
      PageCounts pages = kmalloc.pages();
      StringBuilder text = new StringBuilder();
      text.append("F").append(pages.free()).append(" C").append(pages.cache());
      text.append(" I").append(pages.inactive()).append(" A").append(pages.active());
      text.append(" limited ").append(limited.statistics().bytes() / PAGE);
      ops.forEach((n, op) -> text.append(" #").append(n).append(op.outcomes).append(op.result));
      return text.toString();
    }

    /** Everybody who waits is served, everything comes back. */
    void finish() {
      while (ops.values().stream().anyMatch(op -> op.result.equals("waits"))) {
        freeAll();
        object.cachePages();
        run.sleep(A_MOMENT);
      }
      freeAll();
      workers.values().forEach(worker -> worker.give(null));
      run.sleep(A_MOMENT);
    }

    private void freeAll() {
      blocks.keySet().stream().sorted().toList().forEach(this::free);
    }
  }

  /** A thread that does what it is given until it is given nothing. */
  private static final class Worker {
    private final Deque<Runnable> work = new ArrayDeque<>();
    private boolean ends;

    Worker(Lwkt lwkt, int cpu) {
      lwkt.thread("worker" + cpu).cpu(cpu).start(this::live);
    }

    void give(Runnable next) {
      if (next == null) {
        ends = true;
      } else {
        work.add(next);
      }
      Lwkt.wakeup(this);
    }

    private void live() {
      while (true) {
        Lwkt.tsleepInterlock(this);
        Runnable next = work.poll();
        if (next != null) {
          next.run();
        } else if (ends) {
          return;
        } else {
          SleepResult result = Lwkt.tsleepInterlocked(this, "work", FOREVER);
          if (result == SleepResult.INTERRUPTED) {
            return;
          }
        }
      }
    }
  }

  RealMemory(List<Command> program, PageClassPolicy policy) {
    this.program = program;
    this.policy = policy;
  }

  /** A number of pages, and less than one more for what the owners have drawn. */
  private static long limit(int pages) {
    return pages * PAGE + PAGE / 2;
  }

  private static boolean isTry(int flags) {
    return (flags & MallocFlags.M_NULLOK) != 0 || (flags & MallocFlags.M_WAITOK) == 0;
  }

  @Override
  public void run(Run run) throws Exception {
    try (Kmalloc kmalloc =
        Kmalloc.builder()
            .arena(ModelMemory.PAGES * PAGE)
            .pageSize(PAGE)
            .thresholds(
                new Thresholds(
                    ModelMemory.INTERRUPT_RESERVE,
                    ModelMemory.RESERVE,
                    ModelMemory.RESERVE + 1,
                    ModelMemory.TARGET))
            .retainAtMost(Long.MAX_VALUE)
            .pageClassPolicy(policy)
            .build()) {
      TestHooks hooks = TestHooks.of(kmalloc);
      hooks.holdPageout();
      hooks.recheckEvery(Long.MAX_VALUE);
      try (VmObject object = kmalloc.object(ModelMemory.OBJECT_PAGES * PAGE, new Numbers());
          Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
        Machine machine = new Machine(run, kmalloc, lwkt, object);
        hooks.observe((type, preempting, outcome) -> machine.observe(preempting, outcome));
        for (Command command : program) {
          machine.step(command);
        }
        machine.finish();
      }
      assertThat(kmalloc.pages().free()).as("pages that are back").isEqualTo(ModelMemory.PAGES);
      hooks.checkInvariants();
    }
  }

  /** Every byte of a page but the first is its number. */
  private static final class Numbers implements WritablePager {
    @Override
    public void read(long offset, MemorySegment target) {
      target.fill((byte) (offset / PAGE));
    }

    @Override
    public void write(long offset, MemorySegment from) {}
  }
}
