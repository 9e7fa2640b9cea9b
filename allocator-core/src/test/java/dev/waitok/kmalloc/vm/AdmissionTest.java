package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.PlainContext;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Turns of those who wait, seen while none of them runs. */
class AdmissionTest {
  private static final int R = 8;
  private static final int PAGES = 64;

  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(2, R, 10, 12));
  private final CacheReclaim reclaim = new CacheReclaim(queues);
  private final Caller caller = new PlainContext().caller();
  private final List<Ask> woken = new ArrayList<>();

  private final class Ask extends PageRequest implements Sleeper {
    Ask(int pages) {
      super(pages, 1, TO_RESERVE, true, NO_CLASS, 0);
      floorLevel = TO_RESERVE;
      mayReclaim = true;
      standsInLine = true;
      sleeper = this;
    }

    @Override
    protected long attempt(Caller caller) {
      throw new IllegalStateException("not run by a supply");
    }

    @Override
    protected void decided(Outcome outcome, boolean preempting) {}

    @Override
    protected void callIn() {}

    @Override
    public void sleep(long nanos) {
      throw new IllegalStateException("nobody sleeps here");
    }

    @Override
    public void wake() {
      woken.add(this);
    }
  }

  private Ask waiting(int pages) {
    Ask ask = new Ask(pages);
    queues.enqueue(ask);
    return ask;
  }

  private void wireAllButTheReserve() {
    while (queues.count(PageState.FREE) > R) {
      assertThat(queues.takeAnyFree(1)).isNotNegative();
    }
  }

  private void cache(int from, int to) {
    IdleHome home = new IdleHome();
    for (int page = from; page < to; page++) {
      queues.settle(page, home, page);
      queues.unhold(page);
      queues.cacheNow(page);
    }
  }

  @Test
  void pagesThatServeManyAreGrantedToManyAtOnce() {
    wireAllButTheReserve();
    Ask first = waiting(2);
    Ask second = waiting(1);
    Ask third = waiting(3);
    queues.release(0, 5);
    assertThat(woken).as("none of them has run yet").containsExactly(first, second);
    assertThat(queues.count(PageState.FREE)).isEqualTo(R + 2);
    assertThat(queues.takeFree(first, 2)).isZero();
    assertThat(queues.takeFree(second, 1)).isEqualTo(2);
    queues.release(5, 1);
    assertThat(woken).containsExactly(first, second, third);
    assertThat(queues.takeFree(third, 3)).isEqualTo(3);
    List.of(first, second, third).forEach(queues::leave);
    queues.checkInvariants();
  }

  @Test
  void whatWasGrantedAndNotTakenGoesToTheNext() {
    wireAllButTheReserve();
    Ask first = waiting(2);
    Ask second = waiting(2);
    queues.release(0, 2);
    assertThat(woken).containsExactly(first);
    queues.leave(first); // served by a block, or failed
    assertThat(woken).containsExactly(first, second);
    assertThat(queues.takeFree(second, 2)).isZero();
    queues.leave(second);
    queues.checkInvariants();
  }

  @Test
  void aNewcomerPassesThoseOnTheirWayWhileThereIsEnoughForAll() {
    wireAllButTheReserve();
    Ask first = waiting(1);
    Ask second = waiting(1);
    cache(0, 3);
    assertThat(woken).as("it has to reclaim by itself").containsExactly(first);
    Ask newcomer = new Ask(1);
    assertThat(reclaim.take(newcomer, caller)).as("3 pages, 2 of them claimed").isNotNegative();
    assertThat(reclaim.take(new Ask(1), caller)).isEqualTo(PageQueues.NO_PAGE);
    assertThat(reclaim.take(first, caller)).isNotNegative();
    queues.leave(first);
    assertThat(woken).containsExactly(first, second);
    assertThat(reclaim.take(second, caller)).isNotNegative();
    queues.leave(second);
    queues.checkInvariants();
  }

  @Test
  void nobodyBreaksTheRunOfOneWhoIsOnTheWay() {
    wireAllButTheReserve();
    Ask wantsTwo = waiting(2);
    cache(0, 2);
    cache(10, 11);
    assertThat(woken).containsExactly(wantsTwo);
    assertThat(reclaim.take(new Ask(1), caller)).isEqualTo(PageQueues.NO_PAGE);
    assertThat(reclaim.take(wantsTwo, caller)).isZero();
    queues.leave(wantsTwo);
    assertThat(reclaim.take(new Ask(1), caller)).isEqualTo(10);
    queues.checkInvariants();
  }
}
