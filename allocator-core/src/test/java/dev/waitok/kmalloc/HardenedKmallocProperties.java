package dev.waitok.kmalloc;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The programs of {@link KmallocProperties} with every third block guarded; fewer of them. */
class HardenedKmallocProperties extends KmallocProperties {
  private static final int ZONES = 128;
  private static final int TRIES = 100;

  @Override
  AllocatorModel model(int pages, int pageSize, int cpus) {
    return new AllocatorModel(
        Kmalloc.builder().hardened(Hardening.sampled(3)).quarantine(3L * pageSize),
        ZONES,
        pages,
        pageSize,
        cpus);
  }

  @Override
  @Property(tries = TRIES)
  void smallPagesAlwaysShort(
      @ForAll @Size(min = 1, max = 120) List<Integer> steps,
      @ForAll @IntRange(min = 8, max = 40) int pages) {
    super.smallPagesAlwaysShort(steps, pages);
  }

  @Override
  @Property(tries = TRIES)
  void largePages(
      @ForAll @Size(min = 1, max = 120) List<Integer> steps,
      @ForAll @IntRange(min = 8, max = 24) int pages) {
    super.largePages(steps, pages);
  }

  @Override
  @Property(tries = TRIES)
  void roomEnough(@ForAll @Size(min = 1, max = 200) List<Integer> steps) {
    super.roomEnough(steps);
  }
}
