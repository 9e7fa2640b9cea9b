package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.spi.ExecutionContext;
import org.junit.jupiter.api.Test;

/** When a stall is told: with a clock that the test moves. */
class StallWatchTest {
  private static final long STALL = 100;

  private final PageQueues queues = new PageQueues(8, 0, new Levels(0, 0, 0, 0));
  private long now = 1000;
  private int told;
  private final StallWatch watch = new StallWatch(queues, new Clock(), STALL, () -> told++);

  private final class Clock implements ExecutionContext {
    @Override
    public Caller caller() {
      throw new IllegalStateException("only the time is asked");
    }

    @Override
    public boolean send(int cpu, Runnable task) {
      throw new IllegalStateException("only the time is asked");
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void startService(String name, Runnable body) {
      throw new IllegalStateException("only the time is asked");
    }
  }

  private void lookAfter(long nanos, int expected) {
    now += nanos;
    watch.look();
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void aStallIsToldOnceAndAgainAfterAsLong() {
    int page = queues.takeAnyFree(8);
    SilentRequest waiter = new SilentRequest(1, 0, PageRequest.NO_CLASS, 0);
    lookAfter(STALL, 0); // nobody waits
    queues.enqueue(waiter);
    lookAfter(STALL - 1, 0);
    lookAfter(1, 1);
    lookAfter(STALL - 1, 1);
    lookAfter(1, 2);
    queues.release(page, 1); // granted
    lookAfter(STALL, 2);
    assertThat(queues.takeFree(waiter, 1)).isEqualTo(page);
  }

  @Test
  void whatComesIsProgressThoughSomebodyStillWaits() {
    int page = queues.takeAnyFree(8);
    SilentRequest waiter = new SilentRequest(4, 0, PageRequest.NO_CLASS, 0);
    queues.enqueue(waiter);
    lookAfter(STALL, 0); // the first look knows of no progress
    queues.release(page, 1);
    lookAfter(STALL, 0);
    lookAfter(STALL, 1);
    queues.leave(waiter);
  }
}
