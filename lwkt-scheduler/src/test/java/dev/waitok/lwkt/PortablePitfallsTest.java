package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.lwkt.LwktFixture.Running;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What goes wrong with batons on the default scheduler. */
class PortablePitfallsTest {
  /** Two threads on each cpu hand the baton to and fro; others want to run as well. */
  private static void othersRunBeside(boolean addWorkers) throws Exception {
    int cpus = Runtime.getRuntime().availableProcessors();
    try (LwktFixture fixture =
        new LwktFixture(
            Lwkt.builder().cpus(cpus).dispatch(Dispatch.PORTABLE).addWorkers(addWorkers))) {
      AtomicBoolean stop = new AtomicBoolean();
      List<Running> all = new ArrayList<>();
      for (int n = 0; n < 2 * cpus; n++) {
        all.add(
            fixture.blocked(
                "t" + n,
                Priority.KERN_DAEMON,
                n / 2,
                () -> {
                  while (!stop.get()) {
                    Lwkt.yield();
                  }
                }));
      }
      for (Running running : all) {
        running.thread().schedule();
      }
      int ran = 0;
      for (int n = 0; n < 5; n++) {
        CountDownLatch outside = new CountDownLatch(1);
        Thread.ofVirtual().start(outside::countDown);
        ran += outside.await(2, TimeUnit.SECONDS) ? 1 : 0;
      }
      stop.set(true);
      for (Running running : all) {
        running.await();
      }
      assertThat(ran).as("virtual threads that ran beside busy cpus").isEqualTo(5);
    }
  }

  /** 2.3: busy batons starve all other virtual threads; a worker more for each cpu prevents it. */
  @Test
  void otherVirtualThreadsRunBesideBusyCpus() throws Exception {
    othersRunBeside(true);
  }

  /** 2.3: where no workers may be added, every so many hand-overs leave the local queue. */
  @Test
  void otherVirtualThreadsRunEvenWithoutMoreWorkers() throws Exception {
    othersRunBeside(false);
  }

  /** A thread off its cpu is parked inside; a wake-up meant for its own park must not end there. */
  @Test
  void aWakeUpThatComesWhileOffTheCpuIsHandedOn() throws Exception {
    try (LwktFixture fixture = new LwktFixture(Dispatch.PORTABLE, 1)) {
      fixture.run(
          () -> {
            Thread self = Thread.currentThread();
            Running other =
                fixture.start(
                    "other",
                    Priority.KERN_DAEMON,
                    0,
                    () -> {
                      // Only a park that is over has used the permit up.
                      LwktFixture.until(() -> self.getState() == Thread.State.WAITING);
                      LockSupport.unpark(self);
                      Thread.onSpinWait();
                      for (int looks = 0; looks < 1_000; looks++) {
                        LwktFixture.until(() -> self.getState() == Thread.State.WAITING);
                      }
                    });
            while (other.thread().isAlive()) {
              Lwkt.yield();
            }
            long start = System.nanoTime();
            LockSupport.parkNanos(this, LwktFixture.DEADLINE.toNanos());
            assertThat(System.nanoTime() - start).isLessThan(LwktFixture.DEADLINE.toNanos());
          });
    }
  }

  /** An interrupted thread does not spin while it waits for its turn, and stays interrupted. */
  @Test
  void anInterruptedThreadWaitsForItsTurn() throws Exception {
    try (LwktFixture fixture = new LwktFixture(Dispatch.PORTABLE, 1)) {
      Object ident = new Object();
      Running main =
          fixture.blocked(
              "main",
              Priority.KERN_DAEMON,
              0,
              () -> assertThat(Thread.currentThread().isInterrupted()).isTrue());
      main.thread().javaThread().interrupt();
      fixture.run(() -> Lwkt.wakeup(ident));
      main.thread().schedule();
      main.await();
    }
  }

  /** A thread that blocks in Java code and keeps its cpu in a critical section is reported. */
  @Test
  void blockingInJavaInACriticalSectionIsReported() throws Exception {
    try (LwktFixture fixture = new LwktFixture(Dispatch.PORTABLE, 1)) {
      Running main =
          fixture.start(
              "main",
              Priority.KERN_DAEMON,
              0,
              () -> {
                Lwkt.enterCritical();
                while (fixture.events.isEmpty()) {
                  LockSupport.parkNanos(LwktFixture.DEADLINE.toNanos());
                }
                Lwkt.leaveCritical();
              });
      LwktFixture.until(() -> !fixture.events.isEmpty());
      LockSupport.unpark(main.thread().javaThread());
      main.await();
      LwktEvent event = fixture.events.getFirst();
      assertThat(event.kind()).isEqualTo(LwktEvent.Kind.BLOCKED_IN_JAVA);
      assertThat(event.thread()).isEqualTo("main");
      assertThat(event.stack()).isNotEmpty();
    }
  }

  /** Forks of a task scope inherit scoped values: they are not to be taken for their parent. */
  @Test
  void aForkThatInheritsTheBindingIsNotTakenForItsParent() throws Exception {
    // By reflection: the class is a preview of this JDK's, and stays one for the compiler.
    Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
    Method open = type.getMethod("open");
    Method fork = type.getMethod("fork", Callable.class);
    Method join = type.getMethod("join");
    try (LwktFixture fixture = new LwktFixture(Dispatch.PORTABLE, 1)) {
      AtomicReference<Object> seen = new AtomicReference<>("nothing");
      fixture.run(
          () -> {
            try (AutoCloseable scope = (AutoCloseable) open.invoke(null)) {
              Callable<Object> look =
                  () -> {
                    LwktThread current = Lwkt.current();
                    seen.set(current == null ? "plain" : current);
                    return seen.get();
                  };
              fork.invoke(scope, look);
              join.invoke(scope);
            }
          });
      assertThat(seen.get()).isEqualTo("plain");
    }
  }
}
