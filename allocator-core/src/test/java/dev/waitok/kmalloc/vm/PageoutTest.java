package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.context.PlainContext;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What keeps FREE at its target when pageout's thread is stuck. */
class PageoutTest {
  private static final int PAGES = 64;
  private static final int TARGET = 12;

  private final Callers callers = new Callers(new PlainContext());
  private final PageQueues queues = new PageQueues(PAGES, 0, new Levels(2, 8, 10, TARGET));
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch disk = new CountDownLatch(1);

  /** Writing a page out takes until the disk answers. */
  private final class Home implements PageHome {
    @Override
    public boolean tryLock() {
      return true;
    }

    @Override
    public void unlock() {}

    @Override
    public boolean launder(int page) {
      stuck.countDown();
      try {
        disk.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return false;
    }

    @Override
    public void forget(int index, int page) {}
  }

  @Test
  void theEmergencyThreadTakesOverAndSkipsWhatNeedsIo() throws InterruptedException {
    Home home = new Home();
    Pageout pageout =
        new Pageout(queues, callers, () -> {}, new NoTenants(), new Reclaimers(queues, callers));
    for (int page = queues.takeAnyFree(1); page >= 0; page = queues.takeAnyFree(1)) {
      queues.settle(page, home, page);
      if (page < PAGES / 2) {
        queues.markDirty(page);
      }
      queues.unhold(page);
    }
    pageout.start();
    pageout.wake();
    stuck.await();
    while (queues.takeAnyFree(1) >= 0) {
      Thread.onSpinWait(); // what the first thread made FREE before is gone
    }
    pageout.wake();
    while (queues.count(PageState.FREE) < TARGET) {
      Thread.onSpinWait();
    }
    assertThat(disk.getCount()).as("the first thread is still stuck").isEqualTo(1);
    disk.countDown();
    pageout.close(callers.caller());
    queues.checkPages();
  }
}
