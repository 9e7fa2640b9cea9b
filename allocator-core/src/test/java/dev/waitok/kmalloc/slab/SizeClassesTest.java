package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.vm.Levels;
import dev.waitok.kmalloc.vm.PageQueues;
import org.junit.jupiter.api.Test;

class SizeClassesTest {
  @Test
  void everySizeGetsTheSmallestClassThatHoldsIt() {
    for (int size = 1; size <= SizeClasses.LARGEST; size++) {
      int sizeClass = SizeClasses.of(size);
      assertThat(SizeClasses.size(sizeClass)).isGreaterThanOrEqualTo(size);
      if (sizeClass > 0) {
        assertThat(SizeClasses.size(sizeClass - 1)).isLessThan(size);
      }
    }
    assertThat(SizeClasses.size(SizeClasses.COUNT - 1)).isEqualTo(SizeClasses.LARGEST);
  }

  @Test
  void above128BytesAtMostAnEighthIsWasted() {
    for (int size = 129; size <= SizeClasses.LARGEST; size++) {
      assertThat(SizeClasses.size(SizeClasses.of(size)) - size).isLessThanOrEqualTo(size / 8);
    }
  }

  @Test
  void zonesHoldABlockAndAreNotWasteful() {
    for (int shift = 12; shift <= 20; shift++) {
      ZoneLayout layout = new ZoneLayout(shift);
      for (int c = 0; c < SizeClasses.COUNT; c++) {
        assertThat((long) layout.fewest(c) << shift).isGreaterThanOrEqualTo(SizeClasses.size(c));
        for (long bytes = 0; bytes < 64 << 20; bytes = 2 * bytes + 4096) {
          int pages = layout.preferred(c, bytes);
          assertThat(pages).isGreaterThanOrEqualTo(layout.fewest(c));
          assertThat(((long) pages << shift) % SizeClasses.size(c))
              .isLessThanOrEqualTo(((long) pages << shift) / 8);
        }
      }
    }
  }

  @Test
  void aZoneFindsEachBlockAndNothingElse() {
    Owners owners = new Owners(new PageQueues(64, 0, new Levels(1, 2, 3, 4)), 12, 1, 64);
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      Zone zone = new Zone(new ZoneOwner(owners, 0, 0, null), c, 3, 16, 12);
      for (int block = 0; block < zone.blocks; block++) {
        long offset = zone.offsetOf(block);
        assertThat(zone.blockAt(offset)).isEqualTo(block);
        assertThat(zone.blockAt(offset + 1)).isEqualTo(-1);
        assertThat(zone.blockAt(offset + zone.blockSize - 1)).isEqualTo(-1);
      }
      assertThat(zone.blockAt(zone.offsetOf(zone.blocks))).isEqualTo(-1);
    }
  }

  @Test
  void anAlignedClassIsTheSmallestWhoseSizeIsAMultiple() {
    for (int alignment = 8; alignment <= 32 << 10; alignment *= 2) {
      for (int bytes = 1; bytes <= SizeClasses.LARGEST; bytes += 37) {
        int expected = -1;
        for (int c = SizeClasses.COUNT - 1; c >= 0 && SizeClasses.size(c) >= bytes; c--) {
          expected = SizeClasses.size(c) % alignment == 0 ? c : expected;
        }
        assertThat(SizeClasses.aligned(bytes, alignment))
            .as("%d bytes aligned to %d", bytes, alignment)
            .isEqualTo(expected);
      }
    }
  }
}
