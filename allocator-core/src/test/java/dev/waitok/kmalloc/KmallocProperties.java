package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NULLOK;
import static dev.waitok.kmalloc.MallocFlags.M_USE_RESERVE;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.kmalloc.AllocatorModel.Kind;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Random programs of allocations, frees, reallocs, page-ins and limit checks on several fake cpus
 * and plain threads, against {@link AllocatorModel}: after each step every property is looked at. A
 * failing program is shrunk and printed with its seed.
 */
class KmallocProperties {
  private static final int[] WAITING = {M_WAITOK, M_WAITOK | M_USE_RESERVE, M_INTWAIT};
  private static final int[] TRYING = {M_NOWAIT, M_INTNOWAIT, M_WAITOK | M_NULLOK};

  @Property(tries = 1000)
  void smallPagesAlwaysShort(
      @ForAll @Size(min = 1, max = 120) List<Integer> steps,
      @ForAll @IntRange(min = 8, max = 40) int pages) {
    run(steps, pages, 4 << 10, 3);
  }

  @Property(tries = 1000)
  void largePages(
      @ForAll @Size(min = 1, max = 120) List<Integer> steps,
      @ForAll @IntRange(min = 8, max = 24) int pages) {
    run(steps, pages, 64 << 10, 2);
  }

  @Property(tries = 1000)
  void roomEnough(@ForAll @Size(min = 1, max = 200) List<Integer> steps) {
    run(steps, 512, 16 << 10, 2);
  }

  /** What all of these programs run on. */
  AllocatorModel model(int pages, int pageSize, int cpus) {
    return new AllocatorModel(pages, pageSize, cpus);
  }

  private void run(List<Integer> steps, int pages, int pageSize, int cpus) {
    try (AllocatorModel model = model(pages, pageSize, cpus)) {
      for (int step : steps) {
        Random random = new Random(step);
        int cpu = random.nextInt(cpus + 1) - 1;
        boolean preempting = cpu >= 0 && random.nextInt(3) == 0;
        model.on(cpu, preempting);
        switch (random.nextInt(10)) {
          case 0, 1 -> model.allocate(size(random), WAITING[random.nextInt(3)], kind(random));
          case 2, 3, 4 -> model.tryAllocate(size(random), TRYING[random.nextInt(3)], kind(random));
          case 5, 6 -> model.free(random.nextInt());
          case 7 -> model.reallocate(random.nextInt(), size(random), random.nextBoolean());
          case 8 -> model.readObject(random.nextInt());
          default -> model.cacheObject();
        }
        model.check();
      }
      model.freeAll();
    }
  }

  private static Kind kind(Random random) {
    return random.nextInt(4) == 0 ? Kind.LIMITED : Kind.FREE;
  }

  private static long size(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> 1 + random.nextInt(64);
      case 1, 2 -> 1 + random.nextInt(2048);
      case 3, 4 -> 1 + random.nextInt(20_000);
      default -> 1 + random.nextInt(150_000);
    };
  }
}
