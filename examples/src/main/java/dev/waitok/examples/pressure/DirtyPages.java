package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.VmObject;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A file larger than the arena, written and read at random: nothing of it is lost. */
final class DirtyPages implements Scenario {
  private static final long SEED = 20_260_101;
  private static final int WRITES = 20_000;

  @Override
  public void run(Figures figures) throws IOException {
    Path file = Files.createTempFile("waitok-pressure", ".data");
    try (Kmalloc kmalloc = Kmalloc.builder().arena(4 * MIB).pageSize(PAGE).build()) {
      byte[] model = new byte[(int) (16 * MIB)];
      Random random = new Random(SEED);
      byte[] bytes = new byte[3000];
      long written;
      long errors;
      try (VmObject object = kmalloc.writableObject(file, model.length)) {
        for (int i = 0; i < WRITES; i++) {
          random.nextBytes(bytes);
          int at = random.nextInt(model.length - bytes.length);
          object.write(at, MemorySegment.ofArray(bytes));
          System.arraycopy(bytes, 0, model, at, bytes.length);
        }
        object.sync();
        object.write(0, MemorySegment.ofArray(bytes)); // flushed by close
        System.arraycopy(bytes, 0, model, 0, bytes.length);
        written = object.writtenPages();
        errors = object.writeErrors();
      }
      long wrong =
          MemorySegment.ofArray(model).mismatch(MemorySegment.ofArray(Files.readAllBytes(file)));
      figures
          .figure("seed", SEED)
          .figure("writes", WRITES)
          .figure("pagesWrittenOut", written)
          .atMost("errors", errors, 0)
          .atMost("firstWrongByte", wrong, -1);
    } finally {
      Files.delete(file);
    }
  }
}
