package dev.waitok.kmalloc.arena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What can be seen of a spin lock by one thread; see the stress test for the rest. */
class ShortLockTest {
  private final ShortLock lock = new ShortLock();

  @Test
  void isHeldBetweenLockAndUnlock() {
    lock.lock();
    assertThat(lock.isHeld()).isTrue();
    assertThat(lock.tryLock()).isFalse();
    lock.unlock();
    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  void whoGivesItBackWithoutHavingItIsFound() {
    assertThatThrownBy(lock::unlock).isInstanceOf(AssertionError.class);
  }
}
