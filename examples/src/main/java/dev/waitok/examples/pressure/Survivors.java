package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What stays resident when a tenth of a burst lives on at random; and a cap on what is kept. */
final class Survivors implements Scenario {
  private static final long SEED = 7;
  private static final long CAP = 8 * MIB;

  @Override
  public void run(Figures figures) throws IOException, InterruptedException {
    try (Kmalloc kmalloc =
        Kmalloc.builder().arena(128 * MIB).pageSize(PAGE).retainAtMost(CAP).build()) {
      MallocType type = kmalloc.type("survivors");
      List<MemorySegment> blocks = new ArrayList<>();
      for (long bytes = 0; bytes < 64 * MIB; bytes += 700) {
        MemorySegment block = type.kmalloc(700);
        block.fill((byte) 1);
        blocks.add(block);
      }
      Collections.shuffle(blocks, new Random(SEED));
      List<MemorySegment> alive = blocks.subList(0, blocks.size() / 10);
      blocks.subList(blocks.size() / 10, blocks.size()).forEach(type::kfree);
      TimeUnit.SECONDS.sleep(2);
      figures
          .figure("survivorsSeed", SEED)
          .figure("survivorsLive", type.statistics().bytes())
          .figure("survivorsResident", Mapping.resident(kmalloc));
      alive.forEach(type::kfree);
      TimeUnit.SECONDS.sleep(2);
      figures.atMost("residentUnderACap", Mapping.resident(kmalloc), CAP);
    }
  }
}
