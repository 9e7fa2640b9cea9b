package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.VmObject;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Dirty pages are passed over while clean ones of the same age are left, and written out then. */
final class SecondChance implements Scenario {
  private static final int ARENA = 512;
  private static final int PAGES = 340;

  /** So many that what pageout keeps in store beside them is served by the clean half. */
  private static final int FEW = 140;

  private static final int MANY = 400;

  @Override
  public void run(Figures figures) throws IOException {
    Path file = Files.createTempFile("waitok-pressure", ".data");
    try (Kmalloc kmalloc = Kmalloc.builder().arena((long) ARENA * PAGE).pageSize(PAGE).build();
        VmObject object = kmalloc.writableObject(file, (long) PAGES * PAGE)) {
      byte[] bytes = new byte[PAGE];
      for (int page = 0; page < PAGES; page++) {
        if (page % 2 == 0) {
          object.page(page).close();
        } else {
          bytes[0] = (byte) page;
          object.write((long) page * PAGE, MemorySegment.ofArray(bytes));
        }
      }
      MallocType blocks = kmalloc.type("blocks");
      List<Long> held = new ArrayList<>();
      take(blocks, held, FEW);
      long early = object.writtenPages();
      take(blocks, held, MANY);
      long late = object.writtenPages();
      int wrong = 0;
      for (int page = 1; page < PAGES; page += 2) {
        object.read((long) page * PAGE, MemorySegment.ofArray(bytes));
        wrong += bytes[0] == (byte) page ? 0 : 1;
      }
      figures
          .exactly("dirtyPagesWrittenWhileCleanOnesWereLeft", early, 0)
          .atLeast("dirtyPagesWrittenWhenNoneWereLeft", late, 1)
          .exactly("dirtyPagesThatWereLost", wrong, 0);
      held.forEach(blocks::kfree);
    } finally {
      Files.delete(file);
    }
  }

  private static void take(MallocType blocks, List<Long> held, int upTo) {
    while (held.size() < upTo) {
      held.add(blocks.kmallocAddress(PAGE));
    }
  }
}
