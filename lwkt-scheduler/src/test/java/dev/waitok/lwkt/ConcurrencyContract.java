package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.lwkt.LwktFixture.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Random programs on two cpus and on threads that are no cpu's; what must hold whoever is faster.
 */
abstract class ConcurrencyContract {
  private static final int CPUS = 2;

  private LwktFixture fixture;
  private ExecutorService plain;

  abstract Dispatch dispatch();

  @BeforeProperty
  void start() {
    fixture = new LwktFixture(dispatch(), CPUS);
    plain = Executors.newFixedThreadPool(2);
  }

  @AfterProperty
  void stop() {
    plain.shutdownNow();
    fixture.close();
  }

  private static void join(List<Running> threads, List<Future<?>> others) throws Exception {
    for (Running running : threads) {
      running.await();
    }
    for (Future<?> other : others) {
      other.get();
    }
  }

  /**
   * Raisers on the cpu, on the other cpu and on none; the handler sometimes waits in the middle.
   */
  @Property(tries = 1000)
  void eachItemIsHandledOnceAndInOrder(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 15) Integer> program,
      @ForAll @IntRange(min = 0, max = 4) int waits)
      throws Exception {
    List<List<Integer>> handled = new ArrayList<>();
    IntStream.range(0, 4).forEach(n -> handled.add(new ArrayList<>()));
    AtomicInteger count = new AtomicInteger();
    ItemInterrupt<int[]> nic =
        fixture
            .cpu(0)
            .interrupt(
                "nic",
                Priority.INT_MED,
                (int[] item) -> {
                  handled.get(item[0]).add(item[1]);
                  if ((item[1] & 7) < waits) {
                    Lwkt.switchAway();
                  }
                  count.incrementAndGet();
                });
    List<Running> threads = new ArrayList<>();
    List<Future<?>> others = new ArrayList<>();
    for (int raiser = 0; raiser < 4; raiser++) {
      int me = raiser;
      LwktFixture.Body body =
          () -> {
            for (int n = 0; n < program.size(); n++) {
              boolean section = program.get(n) == 0 && Lwkt.current() != null;
              if (section) {
                Lwkt.enterCritical();
              }
              assertThat(nic.raise(new int[] {me, n})).isTrue();
              if (section) {
                Lwkt.leaveCritical();
              }
              if (program.get(n) == 1) {
                Lwkt.poll();
              } else if (program.get(n) == 2) {
                Lwkt.yield();
              }
            }
          };
      if (me < CPUS) {
        threads.add(fixture.start("raiser" + me, Priority.KERN_DAEMON, me, body));
      } else {
        others.add(
            plain.submit(
                () -> {
                  body.run();
                  return null;
                }));
      }
    }
    join(threads, others);
    LwktFixture.until(() -> count.get() == 4 * program.size());
    nic.close();
    assertThat(nic.thread().join(LwktFixture.DEADLINE)).isTrue();
    List<Integer> expected = IntStream.range(0, program.size()).boxed().toList();
    assertThat(handled).allSatisfy(one -> assertThat(one).isEqualTo(expected));
  }

  /** Threads of both cpus take, nest, switch and release; an interrupt preempts them meanwhile. */
  @Property(tries = 1000)
  void tokensAreExclusiveAndReleasedInReverseOrder(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 31) Integer> program)
      throws Exception {
    Token[] tokens = {new Token("a"), new Token("b"), new Token("c")};
    long[] guards = new long[tokens.length];
    long[] done = new long[4];
    Interrupt[] interrupts = new Interrupt[CPUS];
    for (int cpu = 0; cpu < CPUS; cpu++) {
      interrupts[cpu] =
          fixture
              .cpu(cpu)
              .interrupt(
                  "tick",
                  Priority.INT_MED,
                  () -> {
                    try (var _ = tokens[0].acquire()) {
                      assertThat(Lwkt.preempting()).isFalse();
                    }
                  });
    }
    List<Running> threads = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      int me = n;
      threads.add(
          fixture.start(
              "t" + n,
              Priority.of(10 + n % 3),
              n % CPUS,
              () -> {
                List<Token> held = new ArrayList<>();
                for (int step = 0; step < program.size(); step++) {
                  tokenStep(tokens, held, program.get((step + 7 * me) % program.size()));
                  if (program.get(step) == 31) {
                    interrupts[me % CPUS].raise();
                  }
                  done[me] += useHeld(tokens, held, guards);
                }
                while (!held.isEmpty()) {
                  held.removeLast().release();
                }
              }));
    }
    join(threads, List.of());
    for (Interrupt interrupt : interrupts) {
      interrupt.close();
      assertThat(interrupt.thread().join(LwktFixture.DEADLINE)).isTrue();
    }
    assertThat(guards[0] + guards[1] + guards[2])
        .isEqualTo(IntStream.range(0, 4).mapToLong(i -> done[i]).sum());
    assertThat(fixture.events).isEmpty();
  }

  private static void tokenStep(Token[] tokens, List<Token> held, int code) {
    switch (code % 8) {
      case 0, 1, 2 -> {
        if (held.size() < 6) {
          Token token = tokens[code % tokens.length];
          token.acquire();
          held.addLast(token);
        }
      }
      case 3 -> {
        if (!held.isEmpty()) {
          held.removeLast().release();
        }
      }
      case 4 -> Lwkt.yield();
      case 5 -> Lwkt.switchAway();
      case 6 -> {
        if (held.size() > 1 && held.getFirst() != held.getLast()) {
          assertThatThrownBy(held.getFirst()::release)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("out of order");
        }
      }
      default -> Lwkt.poll();
    }
  }

  /** What only the holder may do: a plain read, a while, a plain write. */
  private static long useHeld(Token[] tokens, List<Token> held, long[] guards) {
    long uses = 0;
    for (int n = 0; n < tokens.length; n++) {
      if (held.contains(tokens[n])) {
        assertThat(tokens[n].isHeld()).isTrue();
        long seen = guards[n];
        for (int spin = 0; spin < 20; spin++) {
          Thread.onSpinWait();
        }
        guards[n] = seen + 1;
        uses++;
      }
    }
    return uses;
  }

  /** A counting semaphore of tsleep and wakeup, between cpus and plain threads. */
  @Property(tries = 1000)
  void noWakeupIsLost(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 3) Integer> program)
      throws Exception {
    AtomicInteger permits = new AtomicInteger();
    int takers = 4;
    List<Running> threads = new ArrayList<>();
    for (int n = 0; n < takers; n++) {
      threads.add(
          fixture.start(
              "taker" + n,
              Priority.KERN_DAEMON,
              n % CPUS,
              () -> {
                for (int taken = 0; taken < program.size(); taken++) {
                  while (!takePermit(permits)) {
                    Lwkt.tsleepInterlock(permits);
                    if (permits.get() == 0) {
                      Lwkt.poll(); // takes in what came since the interlock
                      assertThat(Lwkt.tsleepInterlocked(permits, "a permit", LwktFixture.DEADLINE))
                          .isEqualTo(SleepResult.WOKEN);
                    }
                  }
                }
              }));
    }
    LwktFixture.Body giver =
        () -> {
          for (int n = 0; n < program.size() * takers / 2; n++) {
            permits.incrementAndGet();
            if (program.get(n % program.size()) == 0) {
              Lwkt.wakeup(permits);
            } else {
              Lwkt.wakeupOne(permits);
            }
            Lwkt.yield();
          }
        };
    threads.add(fixture.start("giver", Priority.KERN_DAEMON, 0, giver));
    Future<?> other =
        plain.submit(
            () -> {
              giver.run();
              return null;
            });
    join(threads, List.of(other));
    assertThat(permits.get()).isZero();
  }

  private static boolean takePermit(AtomicInteger permits) {
    int seen = permits.get();
    while (seen > 0) {
      if (permits.compareAndSet(seen, seen - 1)) {
        return true;
      }
      seen = permits.get();
    }
    return false;
  }

  /** One thread interlocks, is woken or not, and sleeps for no time: what it is told is exact. */
  @Property(tries = 1000)
  void anInterlockRemembersAWakeup(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 0, max = 8) Integer> program)
      throws Exception {
    fixture.run(
        () -> {
          Object[] idents = {new Object(), new Object(), new Object()};
          int interlocked = -1;
          for (int code : program) {
            int which = code % idents.length;
            switch (code / idents.length) {
              case 0 -> {
                Lwkt.tsleepInterlock(idents[which]);
                interlocked = which;
              }
              case 1 -> {
                if (which == 0) {
                  Lwkt.wakeupOne(idents[which]);
                } else {
                  Lwkt.wakeup(idents[which]);
                }
                interlocked = interlocked == which ? -1 : interlocked;
              }
              default -> {
                SleepResult expected =
                    interlocked == which ? SleepResult.TIMED_OUT : SleepResult.WOKEN;
                assertThat(Lwkt.tsleepInterlocked(idents[which], "x", Duration.ZERO))
                    .isEqualTo(expected);
                interlocked = -1;
              }
            }
          }
        });
  }

  /** Whatever is sent to a cpu that may just be going to sleep is acted on. */
  @Property(tries = 1000)
  void noMessageToAnIdleCpuIsLost(
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 0, max = 3) Integer> program)
      throws Exception {
    AtomicInteger acted = new AtomicInteger();
    Interrupt interrupt = fixture.cpu(1).interrupt("i", Priority.INT_MED, acted::incrementAndGet);
    Interrupt fast = fixture.cpu(1).fastInterrupt("f", Priority.INT_MED, acted::incrementAndGet);
    for (int code : program) {
      int before = acted.get();
      switch (code) {
        case 0 -> interrupt.raise();
        case 1 -> fast.raise();
        case 2 -> fixture.cpu(1).send(acted::incrementAndGet);
        default -> fixture.lwkt.thread("t").cpu(1).start(acted::incrementAndGet);
      }
      LwktFixture.until(() -> acted.get() == before + 1);
    }
    interrupt.close();
    fast.close();
    assertThat(interrupt.thread().join(LwktFixture.DEADLINE)).isTrue();
    assertThat(fast.thread().join(LwktFixture.DEADLINE)).isTrue();
  }

  /** Parking and unparking in Java code, between threads of one cpu and of several. */
  @Property(tries = 200)
  void noUnparkIsLost(@ForAll @IntRange(min = 1, max = 200) int rounds) throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Thread[] threads = new Thread[3];
    CountDownLatch known = new CountDownLatch(threads.length);
    List<Running> all = new ArrayList<>();
    for (int n = 0; n < threads.length; n++) {
      int me = n;
      all.add(
          fixture.start(
              "t" + n,
              Priority.KERN_DAEMON,
              n % CPUS,
              () -> {
                threads[me] = Thread.currentThread();
                known.countDown();
                Lwkt.blocking(
                    () -> {
                      known.await();
                      return null;
                    });
                for (int round = 0; round < rounds; round++) {
                  while (turn.get() % threads.length != me) {
                    Lwkt.blocking(
                        () -> {
                          java.util.concurrent.locks.LockSupport.park();
                          return null;
                        });
                  }
                  turn.incrementAndGet();
                  java.util.concurrent.locks.LockSupport.unpark(threads[(me + 1) % threads.length]);
                }
              }));
    }
    join(all, List.of());
    assertThat(turn.get()).isEqualTo(rounds * threads.length);
  }
}
