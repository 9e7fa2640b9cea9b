package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Waiters for a lock whose sleeps are what others do meanwhile. */
class LongLockTest {
  private final LongLock lock = new LongLock();

  /** Sleeps by running what happens meanwhile, in turn. */
  private static final class Waiter implements Caller, Sleeper {
    private final Deque<Runnable> meanwhile;
    private int wakeUps;

    Waiter(Runnable... meanwhile) {
      this.meanwhile = new ArrayDeque<>(List.of(meanwhile));
    }

    @Override
    public void sleep(long nanos) {
      Runnable next = meanwhile.poll();
      if (next == null) {
        throw new IllegalStateException("asleep for ever");
      }
      next.run();
    }

    @Override
    public void wake() {
      wakeUps++;
    }

    @Override
    public Sleeper newSleeper() {
      return this;
    }

    @Override
    public int cpu() {
      return 0;
    }

    @Override
    public boolean preempting() {
      return false;
    }

    @Override
    public @Nullable String whyNotBlock() {
      return null;
    }

    @Override
    public void enterCritical() {}

    @Override
    public void leaveCritical() {}

    @Override
    public boolean switchAway() {
      return true;
    }
  }

  @Test
  void isTakenOnceEvenByWhoHasIt() {
    assertThat(lock.tryLock()).isTrue();
    assertThat(lock.tryLock()).isFalse();
    lock.unlock();
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  void isTakenWithoutSleepWhereItIsFree() {
    lock.lock(new Waiter());
    assertThat(lock.tryLock()).isFalse();
  }

  @Test
  void wakesWhoSleepsForIt() {
    lock.lock(new Waiter());
    Waiter waiter = new Waiter(() -> {}, lock::unlock);
    lock.lock(waiter);
    assertThat(waiter.wakeUps).isEqualTo(1);
    assertThat(lock.tryLock()).as("the waiter has it").isFalse();
    lock.unlock();
    assertThat(waiter.wakeUps).as("no longer in line").isEqualTo(1);
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  void isFirstComeFirstServed() {
    lock.lock(new Waiter());
    Waiter[] first = new Waiter[1];
    Waiter second =
        new Waiter(
            () -> {
              lock.unlock();
              assertThat(first[0].wakeUps).isEqualTo(1);
            });
    first[0] =
        new Waiter(
            () ->
                assertThatThrownBy(() -> lock.lock(second))
                    .as("free, but not its turn")
                    .hasMessage("asleep for ever"));
    lock.lock(first[0]);
    assertThat(second.wakeUps).isZero();
    assertThat(first[0].wakeUps).as("again, as the one behind it left").isEqualTo(2);
    lock.unlock();
    lock.lock(new Waiter());
  }

  @Test
  void oneWhoseSleepFailsLeavesTheLineToOthers() {
    lock.lock(new Waiter());
    Waiter last =
        new Waiter(
            () -> {
              lock.unlock();
              lock.unlock();
            });
    Waiter middle =
        new Waiter(
            () -> {
              throw new IllegalStateException("cancelled");
            });
    Waiter first =
        new Waiter(
            () -> {
              assertThatThrownBy(() -> lock.lock(middle)).hasMessage("cancelled");
              assertThat(middle.wakeUps).isZero();
            },
            () -> assertThatThrownBy(() -> lock.lock(last)).hasMessage("asleep for ever"));
    lock.lock(first);
    assertThat(first.wakeUps).isEqualTo(3);
    assertThat(last.wakeUps).isZero();
    Waiter next = new Waiter(lock::unlock);
    lock.lock(next);
    assertThat(next.wakeUps).as("the only one in line").isEqualTo(1);
  }
}
