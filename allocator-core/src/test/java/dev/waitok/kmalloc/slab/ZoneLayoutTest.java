package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneLayoutTest {
  @ParameterizedTest
  @ValueSource(ints = {12, 14, 16, 21})
  void aZoneHoldsItsBlocksWellAndGrowsWithItsClass(int pageShift) {
    ZoneLayout layout = new ZoneLayout(pageShift);
    long page = 1L << pageShift;
    for (int c = 0; c < SizeClasses.COUNT; c++) {
      int size = SizeClasses.size(c);
      int fewest = layout.fewest(c);
      assertThat(fewest * page).isGreaterThanOrEqualTo(size);
      assertThat((fewest - 1) * page).isLessThan(size);
      int first = layout.preferred(c, 0);
      assertThat(8 * (first * page % size))
          .as("an eighth is wasted")
          .isLessThanOrEqualTo(first * page);
      for (int less = fewest; less < first; less++) {
        assertThat(8 * (less * page % size)).as("%d of %d", less, size).isGreaterThan(less * page);
      }
      int most = Math.max(first, Math.max(1, (64 << 10) >> pageShift));
      assertThat(layout.preferred(c, Long.MAX_VALUE / 2)).isEqualTo(most / first * first);
      assertThat(layout.preferred(c, 8L * 2 * first * page))
          .isEqualTo(Math.min(2 * first, most / first * first));
      assertThat(layout.preferred(c, 8L * 2 * first * page - 1)).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 16})
  void pagesForIsTheLeastThatHoldsIt(int pageShift) {
    ZoneLayout layout = new ZoneLayout(pageShift);
    assertThat(layout.pagesFor(1)).isEqualTo(1);
    assertThat(layout.pagesFor(1L << pageShift)).isEqualTo(1);
    assertThat(layout.pagesFor((1L << pageShift) + 1)).isEqualTo(2);
  }
}
