package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interrupts that are raised with items: each handled once, in order. */
abstract class ItemContract {
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
  void oneRunHandlesAllThatHaveCome() throws Exception {
    ItemInterrupt<String> nic =
        fixture
            .cpu(0)
            .interrupt("nic", Priority.INT_MED, (String item) -> fixture.log("handled " + item));
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          nic.raise("a");
          nic.raise("b");
          nic.raise("c");
          fixture.log("raised");
          Lwkt.leaveCritical();
        });
    assertThat(fixture.log).containsExactly("raised", "handled a", "handled b", "handled c");
    assertThat(fixture.cpu(0).statistics().preemptions()).isEqualTo(1);
  }

  @Test
  void anItemWhoseHandlingThrowsDoesNotStopTheNext() throws Exception {
    ItemInterrupt<Integer> nic =
        fixture
            .cpu(0)
            .interrupt(
                "nic",
                Priority.INT_MED,
                (Integer item) -> {
                  if (item == 1) {
                    throw new IllegalArgumentException("on purpose");
                  }
                  fixture.log("" + item);
                });
    fixture.run(
        () -> {
          Lwkt.enterCritical();
          IntStream.range(0, 3).forEach(nic::raise);
          Lwkt.leaveCritical();
        });
    assertThat(fixture.log).containsExactly("0", "2");
    LwktFixture.until(() -> !fixture.events.isEmpty());
    assertThat(fixture.events.getFirst().thrown()).hasMessage("on purpose");
  }

  @Test
  @RealThreads
  void itemsOfSeveralRaisersAreEachHandledOnceInTheirOwnOrder() throws Exception {
    int raisers = 4;
    int each = 20_000;
    List<List<Integer>> handled = new ArrayList<>();
    IntStream.range(0, raisers).forEach(i -> handled.add(new ArrayList<>()));
    AtomicInteger count = new AtomicInteger();
    ItemInterrupt<int[]> nic =
        fixture
            .cpu(0)
            .interrupt(
                "nic",
                Priority.INT_MED,
                (int[] item) -> {
                  handled.get(item[0]).add(item[1]);
                  if (item[1] % 1000 == 0) {
                    Lwkt.switchAway(); // sometimes it has to wait in the middle
                  }
                  count.incrementAndGet();
                });
    CyclicBarrier begin = new CyclicBarrier(raisers);
    List<Thread> threads = new ArrayList<>();
    for (int raiser = 0; raiser < raisers; raiser++) {
      int me = raiser;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      begin.await();
                    } catch (Exception e) {
                      throw new IllegalStateException(e);
                    }
                    for (int i = 0; i < each; i++) {
                      assertThat(nic.raise(new int[] {me, i})).isTrue();
                    }
                  }));
    }
    fixture.run(() -> LwktFixture.pollUntil(() -> count.get() == raisers * each));
    for (Thread thread : threads) {
      thread.join();
    }
    List<Integer> expected = IntStream.range(0, each).boxed().toList();
    for (List<Integer> one : handled) {
      assertThat(one).isEqualTo(expected);
    }
  }

  @Test
  @RealThreads
  void aClosedOneHandlesWhatItTookAndRefusesTheRest() throws Exception {
    AtomicInteger handled = new AtomicInteger();
    ItemInterrupt<Integer> nic =
        fixture
            .cpu(0)
            .interrupt("nic", Priority.INT_MED, (Integer item) -> handled.incrementAndGet());
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger refusedAfterwards = new AtomicInteger();
    Thread raiser =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (nic.raise(1)) {
                    taken.incrementAndGet();
                  }
                  for (int i = 0; i < 10; i++) {
                    refusedAfterwards.addAndGet(nic.raise(1) ? 0 : 1);
                  }
                });
    LwktFixture.until(() -> taken.get() > 100);
    nic.close();
    raiser.join();
    assertThat(nic.thread().join(LwktFixture.DEADLINE)).isTrue();
    assertThat(handled.get()).isEqualTo(taken.get());
    assertThat(refusedAfterwards.get()).isEqualTo(10);
  }
}
