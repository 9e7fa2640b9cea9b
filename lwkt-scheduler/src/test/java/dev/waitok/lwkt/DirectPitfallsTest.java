package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.sched.Tcb;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong with virtual threads on carriers of one's own, one test for each trap. */
class DirectPitfallsTest {
  private LwktFixture fixture;

  @BeforeEach
  void start() {
    fixture = new LwktFixture(Dispatch.DIRECT, 1);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  /** Has a thread of ours be the first to touch a socket, then says whose the pollers are. */
  static final class SocketUser {
    private SocketUser() {}

    public static void main(String[] args) throws Exception {
      try (Lwkt lwkt = Lwkt.builder().cpus(1).dispatch(Dispatch.DIRECT).start();
          ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        LwktThread acceptor =
            lwkt.thread("acceptor")
                .start(
                    () -> {
                      try (Socket socket = server.accept()) {
                        socket.getInputStream().read();
                      } catch (java.io.IOException e) {
                        throw new IllegalStateException(e);
                      }
                    });
        try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
          client.getOutputStream().write(1);
          acceptor.join();
        }
      }
      java.io.PrintStream out =
          new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
      Object root =
          Class.forName("jdk.internal.vm.ThreadContainers").getMethod("root").invoke(null);
      printPollers(root, out);
      out.println("done");
    }

    private static void printPollers(Object container, java.io.PrintStream out) throws Exception {
      Class<?> type = Class.forName("jdk.internal.vm.ThreadContainer");
      Field scheduler = Class.forName("java.lang.VirtualThread").getDeclaredField("scheduler");
      scheduler.setAccessible(true);
      for (Object each : ((Stream<?>) type.getMethod("threads").invoke(container)).toList()) {
        if (each instanceof Thread thread && thread.getName().startsWith("SubPoller")) {
          out.println("poller on " + scheduler.get(thread).getClass().getSimpleName());
        }
      }
      for (Object child : ((Stream<?>) type.getMethod("children").invoke(container)).toList()) {
        printPollers(child, out);
      }
    }
  }

  /** 1: the socket pollers of the whole JVM inherit the executor of the first who uses a socket. */
  @Test
  void socketPollersAreNotHijacked() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(
            SocketUser.class,
            "--add-opens",
            "java.base/java.lang=ALL-UNNAMED",
            "--add-exports",
            "java.base/jdk.internal.vm=ALL-UNNAMED");
    assertThat(result.output())
        .contains("poller on ForkJoinPool")
        .contains("done")
        .doesNotContain("poller on DirectStrand");
  }

  /** 2: virtual threads made by one of ours inherit its executor; they must not get its cpu. */
  @Test
  void virtualThreadsStartedInsideNeitherRunOnTheCpuNorDisturbTheirParent() throws Exception {
    fixture.run(
        () -> {
          AtomicInteger sum = new AtomicInteger();
          CountDownLatch done = new CountDownLatch(100);
          Thread carrier = carrier();
          AtomicBoolean onOurs = new AtomicBoolean();
          for (int n = 0; n < 100; n++) {
            Thread.startVirtualThread(
                () -> {
                  Thread.yield();
                  onOurs.compareAndSet(false, carrier() == carrier);
                  sum.incrementAndGet();
                  done.countDown();
                });
          }
          LwktFixture.until(() -> done.getCount() == 0); // does not leave the cpu
          assertThat(sum.get()).isEqualTo(100);
          assertThat(onOurs).isFalse();
        });
  }

  private static Thread carrier() {
    try {
      Method method = Thread.class.getDeclaredMethod("currentCarrierThread");
      method.setAccessible(true);
      return (Thread) method.invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** 3: thread dumps suspend threads that could run, so that running them does nothing. */
  @Test
  void aVictimThatIsBeingDumpedIsWaitedFor() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Thread> victim = new AtomicReference<>();
    AtomicInteger dumps = new AtomicInteger();
    Thread dumper = Thread.ofPlatform().start(() -> dump(victim, dumps, stop));
    // The victim is dumped again and again while it is preempted, and likely just when it comes
    // back.
    Interrupt i =
        fixture
            .cpu(0)
            .interrupt(
                "i",
                Priority.INT_MED,
                () -> {
                  int before = dumps.get();
                  LwktFixture.until(() -> dumps.get() != before);
                });
    AtomicInteger others = new AtomicInteger();
    Running spoiler =
        fixture.blocked(
            "spoiler",
            Priority.MAX,
            0,
            () -> {
              while (!stop.get()) {
                others.incrementAndGet();
                LwktThread self = Lwkt.current();
                assertThat(self).isNotNull();
                self.deschedule();
                Lwkt.switchAway();
              }
            });
    fixture.run(
        () -> {
          victim.set(Thread.currentThread());
          for (int n = 0; n < 300; n++) {
            Lwkt.poll();
            int before = others.get();
            Lwkt.enterCritical();
            spoiler.thread().schedule(); // ready, of higher priority: must not run before us
            i.raise();
            Lwkt.leaveCritical();
            assertThat(others.get()).as("round %s", n).isEqualTo(before);
          }
          stop.set(true);
          spoiler.thread().schedule();
        });
    dumper.join();
    spoiler.await();
  }

  private static void dump(
      AtomicReference<Thread> dumped, AtomicInteger dumps, AtomicBoolean stop) {
    while (!stop.get()) {
      Thread thread = dumped.get();
      if (thread != null) {
        thread.getStackTrace();
        dumps.incrementAndGet();
      }
    }
  }

  /** 3: thread dumps submit again what is queued already, even while it runs. */
  @Test
  void duplicateSubmissionsDoNotBreed() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Thread> dumped = new AtomicReference<>();
    AtomicInteger dumps = new AtomicInteger();
    int[] turns = new int[3];
    Running[] all = new Running[turns.length];
    for (int n = 0; n < turns.length; n++) {
      int me = n;
      all[n] =
          fixture.blocked(
              "t" + n,
              Priority.KERN_DAEMON,
              0,
              () -> {
                dumped.set(Thread.currentThread());
                while (dumps.get() < 1_000) {
                  turns[me]++;
                  // Who is queued twice gets more than its turn.
                  assertThat(turns[me] - turns[(me + 1) % turns.length]).isBetween(-1, 1);
                  Lwkt.yield();
                }
              });
    }
    fixture.run(
        () -> {
          for (Running running : all) {
            running.thread().schedule();
          }
        });
    Thread dumper = Thread.ofPlatform().start(() -> dump(dumped, dumps, stop));
    for (Running running : all) {
      running.await();
    }
    stop.set(true);
    dumper.join();
  }

  /** 4: a yield below a class initialiser returns without having switched. */
  @Test
  void aPinnedThreadThatMustSwitchIsTold() throws Exception {
    Running other = fixture.logger("other", Priority.KERN_DAEMON);
    fixture.run(
        () -> {
          other.thread().schedule();
          Pinned.run(
              () -> {
                assertThatThrownBy(Lwkt::switchAway).isInstanceOf(PinnedException.class);
                fixture.log("pinned");
                Lwkt.yield();
                Lwkt.poll();
                LwktFixture.checkInvariants();
              });
          fixture.log("free");
          Lwkt.switchAway();
          fixture.log("back");
        });
    assertThat(fixture.log).containsExactly("pinned", "free", "other", "back");
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().kind()).isEqualTo(LwktEvent.Kind.PINNED);
  }

  /** 4, for a thread that sleeps: it keeps its cpu, which serves messages and timers only. */
  @Test
  void aPinnedThreadThatSleepsWaitsInPlace() throws Exception {
    Object ident = new Object();
    Running other = fixture.logger("other", Priority.MAX);
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () ->
                Pinned.run(
                    () -> {
                      other.thread().schedule();
                      fixture.log("" + Lwkt.tsleep(ident, "x", Duration.ofMillis(5)));
                      fixture.log("" + Lwkt.tsleep(ident, "a wakeup"));
                      LwktFixture.checkInvariants();
                    }));
    LwktFixture.until(() -> "a wakeup".equals(main.thread().tcb().waitsFor()));
    Lwkt.wakeup(ident);
    main.await();
    other.await();
    assertThat(fixture.log).containsExactly("TIMED_OUT", "WOKEN", "other");
  }

  /** 4, for a victim: it cannot be preempted now, and is as soon as it can. */
  @Test
  void aPinnedVictimIsPreemptedLater() throws Exception {
    Interrupt i = fixture.cpu(0).interrupt("i", Priority.INT_MED, () -> fixture.log("i"));
    Interrupt fast = fixture.cpu(0).fastInterrupt("f", Priority.INT_MED, () -> fixture.log("f"));
    fixture.run(
        () -> {
          Pinned.run(
              () -> {
                i.raise();
                fast.raise();
                fixture.log("pinned");
                LwktFixture.checkInvariants();
              });
          Lwkt.poll();
          fixture.log("free");
        });
    assertThat(fixture.log).containsExactly("f", "pinned", "i", "free");
  }

  /**
   * 4, for interrupts that came while a pinned thread waited in place: they are let in afterwards.
   */
  @Test
  void interruptsRaisedWhileAPinnedThreadWaitsAreNotForgotten() throws Exception {
    Object ident = new Object();
    Interrupt i = fixture.cpu(0).interrupt("i", Priority.INT_MED, () -> fixture.log("i"));
    Interrupt fast = fixture.cpu(0).fastInterrupt("f", Priority.INT_MED, () -> fixture.log("f"));
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Pinned.run(() -> Lwkt.tsleep(ident, "a wakeup"));
              Lwkt.poll();
              fixture.log("main");
            });
    LwktFixture.until(() -> "a wakeup".equals(main.thread().tcb().waitsFor()));
    i.raise();
    fast.raise();
    LwktFixture.until(() -> main.thread().javaThread().getState() == Thread.State.WAITING);
    Lwkt.wakeup(ident);
    main.await();
    assertThat(fixture.log).containsExactlyInAnyOrder("i", "f", "main");
    assertThat(fixture.log.getLast()).isEqualTo("main");
  }

  /** 5: a refusal out of an unpark loses the thread for ever; only a start may be refused. */
  @Test
  void aThreadParkedWhenTheSchedulerClosesIsNotLost() throws Exception {
    LwktFixture other = new LwktFixture(Dispatch.DIRECT, 1);
    Thread unstarted = other.cpu(0).threadFactory().newThread(() -> {});
    AtomicBoolean goOn = new AtomicBoolean();
    Running parked =
        other.start(
            "parked",
            Priority.KERN_DAEMON,
            0,
            () -> {
              while (!goOn.get()) {
                LockSupport.park();
                Thread.interrupted();
              }
            });
    LwktFixture.until(() -> parked.thread().javaThread().getState() == Thread.State.WAITING);
    assertThat(other.lwkt.close(Duration.ofMillis(20))).hasSize(1);
    assertThatThrownBy(unstarted::start).isInstanceOf(RejectedExecutionException.class);
    goOn.set(true);
    LockSupport.unpark(parked.thread().javaThread());
    parked.await();
  }

  /** 6: a carrier that takes a lock that its threads may hold stops for ever. */
  @Test
  void theCarrierDoesNotWaitForTheListener() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    AtomicInteger heard = new AtomicInteger();
    try (Lwkt lwkt =
        Lwkt.builder()
            .cpus(1)
            .dispatch(Dispatch.DIRECT)
            .onEvent(
                event -> {
                  lock.lock();
                  heard.incrementAndGet();
                  lock.unlock();
                })
            .start()) {
      Object ident = new Object();
      LwktThread owner =
          lwkt.thread("owner")
              .start(
                  () -> {
                    lock.lock();
                    Lwkt.tsleep(ident, "x");
                    lock.unlock();
                  });
      LwktFixture.awaitState(owner, Tcb.State.BLOCKED);
      lwkt.thread("faulty")
          .start(
              () -> {
                throw new IllegalArgumentException("on purpose");
              });
      lwkt.cpu(0)
          .send(
              () -> {
                throw new IllegalArgumentException("on purpose");
              });
      lwkt.thread("next").start(() -> Lwkt.wakeup(ident));
      assertThat(owner.join(Duration.ofSeconds(5))).isTrue();
      LwktFixture.until(() -> heard.get() == 2);
    }
  }

  /**
   * 7: an executor that runs what it is given re-enters the scheduler and is no platform thread.
   */
  @Test
  void unparkingFromAThreadOfOursOnlyQueues() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Thread[] threads = new Thread[2];
    CountDownLatch started = new CountDownLatch(2);
    Running[] pair = new Running[2];
    for (int n = 0; n < 2; n++) {
      int me = n;
      pair[n] =
          fixture.start(
              "pair" + n,
              Priority.KERN_DAEMON,
              0,
              () -> {
                threads[me] = Thread.currentThread();
                started.countDown();
                started.await();
                for (int k = 0; k < 20_000; k++) {
                  while (turn.get() % 2 != me) {
                    LockSupport.park();
                  }
                  turn.incrementAndGet();
                  LockSupport.unpark(threads[1 - me]);
                }
              });
    }
    pair[0].await();
    pair[1].await();
    assertThat(turn.get()).isEqualTo(40_000);
  }

  /** 9 and DESIGN 6: a thread that blocks in Java code blocks itself, not its cpu. */
  @Test
  void javaBlockingGivesTheCpuUpAndAVictimItsCpuBack() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Running higher = fixture.logger("higher", Priority.MAX);
    AtomicBoolean done = new AtomicBoolean();
    Interrupt i =
        fixture
            .cpu(0)
            .interrupt(
                "i",
                Priority.INT_MED,
                () -> {
                  higher.thread().schedule();
                  lock.lock();
                  fixture.log("i has it, preempting: " + Lwkt.preempting());
                  lock.unlock();
                  done.set(true);
                });
    fixture.run(
        () -> {
          lock.lock();
          i.raise();
          fixture.log("victim");
          LwktFixture.checkInvariants();
          lock.unlock();
          LwktFixture.pollUntil(done::get);
        });
    assertThat(fixture.log).containsExactly("victim", "higher", "i has it, preempting: false");
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().kind()).isEqualTo(LwktEvent.Kind.BLOCKED_IN_JAVA);
    assertThat(fixture.events.getFirst().stack()).isNotEmpty();
  }

  /**
   * A hard section promises that nothing else runs on the cpu, even when Java code blocks in it.
   */
  @Test
  void javaBlockingInAHardSectionKeepsTheCpu() throws Exception {
    Running higher = fixture.logger("higher", Priority.MAX);
    fixture.run(
        () -> {
          Thread self = Thread.currentThread();
          AtomicBoolean woken = new AtomicBoolean();
          higher.thread().schedule();
          Lwkt.enterHard();
          Thread.ofPlatform()
              .start(
                  () -> {
                    LwktFixture.until(() -> self.getState() == Thread.State.WAITING);
                    woken.set(true);
                    LockSupport.unpark(self);
                  });
          while (!woken.get()) {
            LockSupport.park();
          }
          fixture.log("hard");
          Lwkt.leaveHard();
        });
    higher.await();
    assertThat(fixture.log).containsExactly("hard", "higher");
  }

  /** 10: the carrier found before a switch is not kept over it. */
  @Test
  void theCurrentThreadIsFoundAnewAfterComingBack() throws Exception {
    fixture.run(
        () -> {
          for (int n = 0; n < 5_000; n++) {
            LwktThread before = Lwkt.current();
            assertThat(Lwkt.<Boolean>blocking(() -> Lwkt.current() == null)).isTrue();
            assertThat(Lwkt.current()).isSameAs(before);
          }
        });
  }

  /** Parks for ever as far as anybody but the scheduler knows. */
  static final class Forgotten {
    private Forgotten() {}

    public static void main(String[] args) throws Exception {
      try (Lwkt lwkt = Lwkt.builder().cpus(1).dispatch(Dispatch.DIRECT).start()) {
        WeakReference<Thread> thread = forget(lwkt);
        Object probe = new Object();
        WeakReference<Object> collected = new WeakReference<>(probe);
        probe = null;
        while (collected.get() != null) {
          System.gc();
        }
        System.gc();
        java.io.PrintStream out =
            new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
        out.println("lost: " + (thread.get() == null));
      }
    }

    private static WeakReference<Thread> forget(Lwkt lwkt) {
      WeakReference<Thread> thread =
          new WeakReference<>(lwkt.thread("forgotten").start(LockSupport::park).javaThread());
      LwktFixture.until(() -> state(thread) == Thread.State.WAITING);
      return thread;
    }

    private static Thread.State state(WeakReference<Thread> thread) {
      Thread strong = thread.get();
      return strong == null ? Thread.State.WAITING : strong.getState();
    }
  }

  /** 12: without the JDK's own table a parked thread that nobody refers to is garbage. */
  @Test
  void aForgottenThreadIsKept() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(
            Forgotten.class,
            "--add-opens",
            "java.base/java.lang=ALL-UNNAMED",
            "-Djdk.trackAllThreads=false",
            "-Djdk.virtualThreadScheduler.parallelism=2");
    assertThat(result.output()).contains("lost: false");
  }

  /** Section 4: a poll that reads a plain field is hoisted out of its loop. */
  @Test
  void aPollInATightLoopSeesARaise() throws Exception {
    boolean[] stop = new boolean[1];
    AtomicBoolean hot = new AtomicBoolean();
    Interrupt i = fixture.cpu(0).interrupt("i", Priority.INT_MED, () -> stop[0] = true);
    Thread raiser =
        Thread.ofPlatform()
            .start(
                () -> {
                  LwktFixture.until(hot::get);
                  i.raise();
                });
    fixture.run(
        () -> {
          for (int n = 0; n < 20_000; n++) {
            spin(stop, 100); // has it compiled
          }
          hot.set(true);
          assertThat(spin(stop, 10_000_000_000L)).isTrue();
        });
    raiser.join();
  }

  private static boolean spin(boolean[] stop, long limit) {
    for (long n = 0; n < limit && !stop[0]; n++) {
      Lwkt.poll();
    }
    return stop[0];
  }
}
