package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The line of waiters beside a sorted list. */
class PageWaitersTest {
  private final PageWaiters waiters = new PageWaiters();

  private static SilentRequest request(int level) {
    SilentRequest request = new SilentRequest(1, level, 1, 0);
    request.floorLevel = level;
    return request;
  }

  private List<PageRequest> line() {
    List<PageRequest> line = new ArrayList<>();
    for (PageRequest r = waiters.first(); r != null; r = waiters.after(r)) {
      line.add(r);
    }
    return line;
  }

  @Test
  void isInOrderOfFloorAndThenOfTime() {
    for (long seed = 1; seed <= 100; seed++) {
      Random random = new Random(seed);
      List<SilentRequest> came = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        if (came.isEmpty() || random.nextInt(5) < 3) {
          SilentRequest request = request(random.nextInt(PageRequest.LEVELS));
          request.signalled = true;
          waiters.add(request);
          assertThat(request.waiting).isTrue();
          assertThat(request.signalled).as("begins anew").isFalse();
          came.add(request);
        } else {
          SilentRequest gone = came.remove(random.nextInt(came.size()));
          gone.floorLevel = random.nextInt(PageRequest.LEVELS); // an attempt decided anew
          waiters.remove(gone);
          assertThat(gone.waiting).isFalse();
          assertThat(gone.next).isNull();
          assertThat(gone.previous).isNull();
        }
        List<SilentRequest> sorted = new ArrayList<>(came);
        sorted.sort(Comparator.comparingInt(r -> r.waitLevel));
        assertThat(line()).as("seed %d", seed).isEqualTo(sorted);
        assertThat(waiters.count()).isEqualTo(came.size());
        assertThat(waiters.any()).isEqualTo(!came.isEmpty());
        assertThat(waiters.youngest()).isSameAs(came.isEmpty() ? null : came.getLast());
      }
      new ArrayList<>(came).forEach(waiters::remove);
    }
  }

  @Test
  void theYoungestIsNotGivenUpTwice() {
    SilentRequest first = request(0);
    SilentRequest second = request(2);
    SilentRequest third = request(1);
    List.of(first, second, third).forEach(waiters::add);
    for (SilentRequest expected : List.of(third, second, first)) {
      assertThat(waiters.youngest()).isSameAs(expected);
      Objects.requireNonNull(waiters.youngest()).stalled = true;
    }
    assertThat(waiters.youngest()).isNull();
  }

  @Test
  void aBlockIsForTheFirstOfItsClassAndOwnerThatIsNotOnItsWay() {
    SilentRequest other = new SilentRequest(1, 0, 7, 3);
    SilentRequest elsewhere = new SilentRequest(1, 0, 5, 4);
    SilentRequest first = new SilentRequest(1, 1, 5, 3);
    SilentRequest second = new SilentRequest(1, 1, 5, 3);
    for (SilentRequest r : List.of(second, first)) {
      r.floorLevel = 1;
    }
    List.of(other, elsewhere, first, second).forEach(waiters::add);
    assertThat(waiters.firstForBlock(5, 3)).isSameAs(first);
    first.signalled = true;
    assertThat(waiters.firstForBlock(5, 3)).isSameAs(second);
    second.signalled = true;
    assertThat(waiters.firstForBlock(5, 3)).isNull();
    assertThat(waiters.firstForBlock(7, 3)).isSameAs(other);
    assertThat(waiters.firstForBlock(5, 4)).isSameAs(elsewhere);
  }

  @Test
  void aComingAndAGoingAreAChangeEach() {
    assertThat(waiters.changes()).isZero();
    SilentRequest first = request(0);
    SilentRequest second = request(2);
    waiters.add(first);
    assertThat(waiters.changes()).isEqualTo(1);
    waiters.add(second);
    waiters.remove(first);
    assertThat(waiters.changes()).isEqualTo(3);
    waiters.remove(second);
    assertThat(waiters.changes()).isEqualTo(4);
  }

  @Test
  void whoeverNeedsARunIsSeenWhereverItStands() {
    assertThat(waiters.anyNeedsRun()).isFalse();
    SilentRequest one = request(0);
    SilentRequest run = new SilentRequest(2, 1, 1, 0);
    SilentRequest another = request(2);
    List.of(one, another).forEach(waiters::add);
    assertThat(waiters.anyNeedsRun()).isFalse();
    waiters.add(run);
    assertThat(waiters.anyNeedsRun()).isTrue();
  }

  @Test
  void ofTwoThatCameTheLaterIsTheYoungest() {
    SilentRequest first = request(1);
    SilentRequest second = request(0);
    List.of(first, second).forEach(waiters::add);
    assertThat(waiters.youngest()).as("it stands in front").isSameAs(second);
  }

  @Test
  void whomAFreedBlockServesIsAskedForWhetherItIsOnItsWayOrNot() {
    SilentRequest other = new SilentRequest(1, 0, 7, 3);
    SilentRequest elsewhere = new SilentRequest(1, 0, 5, 4);
    SilentRequest first = new SilentRequest(1, 0, 5, 3);
    List.of(other, elsewhere, first).forEach(waiters::add);
    first.signalled = true;
    assertThat(waiters.firstFor(5, 3)).isSameAs(first);
    assertThat(waiters.firstFor(5, 4)).isSameAs(elsewhere);
    assertThat(waiters.firstFor(7, 3)).isSameAs(other);
    assertThat(waiters.firstFor(7, 4)).isNull();
  }
}
