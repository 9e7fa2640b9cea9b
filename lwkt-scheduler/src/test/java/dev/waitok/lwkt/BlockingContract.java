package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Java code that blocks inside a thread of ours. */
abstract class BlockingContract {
  private LwktFixture fixture;

  abstract Dispatch dispatch();

  @BeforeEach
  void start() {
    fixture = new LwktFixture(dispatch(), 1);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  @RealThreads
  void theCpuIsGivenUpAndTheThreadIsAPlainOneMeanwhile() throws Exception {
    CountDownLatch otherRan = new CountDownLatch(1);
    Running other = fixture.blocked("other", Priority.USER_IDLE, 0, otherRan::countDown);
    fixture.run(
        () -> {
          Thread before = Thread.currentThread();
          other.thread().schedule();
          String result =
              Lwkt.blocking(
                  () -> {
                    assertThat(Lwkt.current()).isNull();
                    assertThat(Lwkt.preempting()).isFalse();
                    assertThat(Thread.currentThread()).isSameAs(before);
                    otherRan.await();
                    return "result";
                  });
          assertThat(result).isEqualTo("result");
          assertThat(Lwkt.current()).isNotNull();
          LwktFixture.checkInvariants();
        });
    other.await();
  }

  @Test
  @RealThreads
  void aPreemptorReturnsTheCpuToItsVictimFirst() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
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
                  try {
                    Lwkt.blocking(
                        () -> {
                          goOn.await();
                          return null;
                        });
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                  fixture.log("i " + Lwkt.preempting());
                  done.set(true);
                });
    fixture.run(
        () -> {
          i.raise();
          fixture.log("victim");
          goOn.countDown();
          LwktFixture.pollUntil(done::get);
        });
    assertThat(fixture.log).containsExactly("victim", "higher", "i false");
  }

  @Test
  void whatTheCallThrowsComesBackOnTheCpu() throws Exception {
    fixture.run(
        () -> {
          assertThatThrownBy(
                  () ->
                      Lwkt.blocking(
                          () -> {
                            throw new IOException("on purpose");
                          }))
              .isInstanceOf(IOException.class);
          assertThat(Lwkt.current()).isNotNull();
          LwktFixture.checkInvariants();
        });
  }

  @Test
  void tokensAreGivenUpMeanwhile() throws Exception {
    Token token = new Token("token");
    fixture.run(
        () -> {
          token.acquire();
          Lwkt.blocking(
              () -> {
                Running other =
                    fixture.start(
                        "other",
                        Priority.KERN_DAEMON,
                        0,
                        () -> {
                          assertThat(token.tryAcquire()).isTrue();
                          token.release();
                        });
                other.await();
                return null;
              });
          assertThat(token.isHeld()).isTrue();
          token.release();
        });
  }

  @Test
  void aLockTakenInsideIsOwnedOutside() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    fixture.run(
        () -> {
          for (int n = 0; n < 200; n++) {
            Lwkt.blocking(
                () -> {
                  lock.lock();
                  return null;
                });
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            lock.unlock();
          }
        });
  }

  @Test
  @RealThreads
  void anInterruptMeanwhileIsSeenInsideAndOutside() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Lwkt.blocking(
                  () -> {
                    inside.countDown();
                    while (!Thread.currentThread().isInterrupted()) {
                      LockSupport.park(this);
                    }
                    return null;
                  });
              assertThat(Thread.interrupted()).isTrue();
            });
    inside.await();
    main.thread().interrupt();
    main.await();
  }

  @Test
  void anotherThreadJustMakesTheCall() throws Exception {
    assertThat(Lwkt.<String>blocking(() -> "here")).isEqualTo("here");
  }

  @Test
  void javaBlockingWorksAndOnlyTheBlockingCallIsGuaranteedToFreeTheCpu() throws Exception {
    AtomicBoolean woken = new AtomicBoolean();
    fixture.run(
        () -> {
          Thread self = Thread.currentThread();
          Thread.ofPlatform()
              .start(
                  () -> {
                    woken.set(true);
                    LockSupport.unpark(self);
                  });
          while (!woken.get()) {
            LockSupport.park(this);
          }
          Object monitor = new Object();
          synchronized (monitor) {
            monitor.wait(1);
          }
          Thread.yield();
          LwktFixture.checkInvariants();
        });
  }

  @Test
  @RealThreads
  void virtualThreadsStartedInsideRunOnTheDefaultScheduler() throws Exception {
    fixture.run(
        () -> {
          AtomicReference<LwktThread> seen = new AtomicReference<>(Lwkt.current());
          AtomicReference<String> where = new AtomicReference<>("");
          CountDownLatch done = new CountDownLatch(2);
          Runnable look =
              () -> {
                seen.set(Lwkt.current());
                where.set(Thread.currentThread().toString());
                done.countDown();
              };
          // This thread does not leave its cpu meanwhile: the others do not need it.
          Thread.ofVirtual()
              .start(
                  () -> {
                    look.run();
                    Thread.startVirtualThread(look); // a grandchild inherits as well
                  });
          LwktFixture.until(() -> done.getCount() == 0);
          assertThat(seen.get()).isNull();
          assertThat(where.get()).contains("ForkJoinPool");
          try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(executor.submit(() -> Lwkt.current() == null).get()).isTrue();
          }
        });
  }

  @Test
  @RealThreads
  void aWakeUpMeantForTheThreadsOwnParkIsNotTakenAway() throws Exception {
    AtomicBoolean flag = new AtomicBoolean();
    Running other = fixture.blocked("other", Priority.KERN_DAEMON, 0, () -> {});
    Running main =
        fixture.start(
            "main",
            Priority.KERN_DAEMON,
            0,
            () -> {
              Thread self = Thread.currentThread();
              other.thread().schedule();
              // Looked at the flag; now it is off the cpu while somebody sets it and unparks.
              assertThat(flag.get()).isFalse();
              Object ident = new Object();
              Thread waker =
                  Thread.ofPlatform()
                      .start(
                          () -> {
                            flag.set(true);
                            LockSupport.unpark(self);
                            Lwkt.wakeup(ident);
                          });
              Lwkt.tsleepInterlock(ident);
              if (!flag.get()) {
                Lwkt.tsleepInterlocked(ident, "x", LwktFixture.DEADLINE);
              }
              long start = System.nanoTime();
              LockSupport.parkNanos(this, LwktFixture.DEADLINE.toNanos());
              assertThat(System.nanoTime() - start).isLessThan(LwktFixture.DEADLINE.toNanos());
              LockSupport.unpark(waker);
            });
    main.await();
    other.await();
  }
}
