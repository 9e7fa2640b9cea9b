package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.CannotBlockException;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An event loop is refused each call that may wait, and has its blocks from futures. */
final class EventLoop implements Scenario {
  private static final int CALLS = 1000;
  private static final String LOOP = "loop";

  @Override
  public void run(Figures figures) throws ExecutionException, InterruptedException {
    try (ExecutorService loop =
            Executors.newSingleThreadExecutor(
                body -> Thread.ofPlatform().name(LOOP).unstarted(body));
        Kmalloc kmalloc =
            Kmalloc.builder()
                .arena(4 * MIB)
                .pageSize(PAGE)
                .nonBlocking(thread -> thread.getName().equals(LOOP))
                .build()) {
      MallocType type = kmalloc.type("loop");
      figures
          .exactly("waitsRefusedToTheLoop", loop.submit(() -> refused(type)).get(), CALLS)
          .exactly("blocksOfTheLoop", loop.submit(() -> asked(type)).get(), CALLS);
    }
  }

  private static int refused(MallocType type) {
    int refused = 0;
    for (int i = 0; i < CALLS; i++) {
      try {
        type.kfree(type.kmallocAddress(PAGE));
      } catch (CannotBlockException e) {
        refused++;
      }
    }
    return refused;
  }

  private static int asked(MallocType type) {
    int got = 0;
    for (int i = 0; i < CALLS; i++) {
      type.kfree(type.kmallocAsync(PAGE).join());
      got++;
    }
    return got;
  }
}
