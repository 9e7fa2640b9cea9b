package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.dispatch.Parker;
import dev.waitok.lwkt.sched.Tcb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/** One scheduler for one test, a log that all its threads write, and waits with a deadline. */
final class LwktFixture implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(40);

  final List<String> log = Collections.synchronizedList(new ArrayList<>());
  final List<LwktEvent> events = Collections.synchronizedList(new ArrayList<>());
  final Lwkt lwkt;

  LwktFixture(Dispatch dispatch, int cpus) {
    this(Lwkt.builder().cpus(cpus).dispatch(dispatch));
  }

  LwktFixture(LwktBuilder builder) {
    lwkt = builder.onEvent(events::add).closeTimeout(Duration.ofSeconds(5)).start();
  }

  /** Something a test's thread does; what it throws fails the test. */
  interface Body {
    void run() throws Exception;
  }

  /** A thread of the test. */
  record Running(LwktThread thread, AtomicReference<Throwable> failure) {
    /** Waits for its end and passes on what it threw. */
    void await() throws Exception {
      assertThat(thread.join(DEADLINE)).as("%s ends in time", thread).isTrue();
      Throwable thrown = failure.get();
      if (thrown instanceof Exception e) {
        throw e;
      } else if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  Cpu cpu(int index) {
    return lwkt.cpu(index);
  }

  Running start(String name, Priority priority, int cpu, Body body) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    LwktThread thread =
        lwkt.thread(name)
            .priority(priority)
            .cpu(cpu)
            .start(
                () -> {
                  try {
                    body.run();
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    return new Running(thread, failure);
  }

  /** Runs a body as an ordinary thread of cpu 0 and waits for it. */
  void run(Body body) throws Exception {
    run(0, body);
  }

  void run(int cpu, Body body) throws Exception {
    start("main", Priority.KERN_DAEMON, cpu, body).await();
  }

  /** A thread that has started and waits, off the cpu, to be scheduled. */
  Running blocked(String name, Priority priority, int cpu, Body body) {
    Running running =
        start(
            name,
            priority,
            cpu,
            () -> {
              LwktThread self = Lwkt.current();
              assertThat(self).isNotNull();
              self.deschedule();
              Lwkt.switchAway();
              body.run();
            });
    awaitState(running.thread(), Tcb.State.BLOCKED);
    return running;
  }

  /** A thread of cpu 0 that only logs its name once it is scheduled. */
  Running logger(String name, Priority priority) {
    return blocked(name, priority, 0, () -> log(name));
  }

  void log(String line) {
    log.add(line);
  }

  static void awaitState(LwktThread thread, Tcb.State state) {
    until(() -> thread.tcb().state() == state);
  }

  /**
   * Waits, as a platform thread or a busy LWKT thread that polls nothing, for something to happen.
   */
  static void until(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > DEADLINE.toNanos()) {
        throw new AssertionError("it does not happen");
      }
      if (Lwkt.current() == null) {
        Lwkt.yield();
      } else {
        Parker.spinWait();
      }
    }
  }

  /** As {@link #until}, at preemption points. */
  static void pollUntil(BooleanSupplier condition) {
    until(
        () -> {
          Lwkt.poll();
          return condition.getAsBoolean();
        });
  }

  /** Throws if the calling thread's cpu is in a state it must not be in. */
  static void checkInvariants() {
    Lwkt.enterCritical();
    Lwkt.self("test").cpu().checkInvariants();
    Lwkt.leaveCritical();
  }

  @Override
  public void close() {
    List<LwktThread> left = lwkt.close(Duration.ofSeconds(5));
    assertThat(left).as("threads left").isEmpty();
  }
}
