package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which part of a range is in the window. */
class WindowTest {
  private static final int PAGES = 32;

  private final Window window = new Window(PAGES);
  private final SilentRequest request = new SilentRequest(4, 0, PageRequest.NO_CLASS, 0);

  private static boolean inside(int page, int from, int n) {
    return from <= page && page < from + n;
  }

  @Test
  void aRangeIsCutInThree() {
    for (int from = 0; from < 12; from++) {
      for (int n = 1; n < 6; n++) {
        window.open(request, from, n);
        for (int page = 0; page < 14; page++) {
          for (int length = 1; length < 6; length++) {
            int inside = 0;
            for (int p = page; p < page + length; p++) {
              inside += inside(p, from, n) ? 1 : 0;
            }
            int begin = window.begin(page, length);
            int end = window.end(page, length);
            assertThat(begin).isBetween(page, page + length);
            assertThat(end).isBetween(page, page + length);
            assertThat(Math.max(0, end - begin)).isEqualTo(inside);
            assertThat(inside == 0 || inside(begin, from, n)).isTrue();
            assertThat(window.meets(page, length)).isEqualTo(inside > 0);
          }
        }
      }
    }
  }

  @Test
  void isStaleFromItsCloseUntilWhatWasWithdrawnIsRestored() {
    assertThat(window.owner()).isNull();
    assertThat(window.span()).isEqualTo(Window.NONE);
    assertThat(window.stale()).isFalse();
    assertThat(window.meets(0, PAGES)).isFalse();
    window.open(request, 0, 4);
    assertThat(window.owner()).isSameAs(request);
    assertThat(PageQueues.firstOf(window.span())).isZero();
    assertThat(PageQueues.lengthOf(window.span())).isEqualTo(4);
    assertThat(window.stale()).isFalse();
    window.close();
    assertThat(window.owner()).isNull();
    assertThat(window.span()).isEqualTo(Window.NONE);
    assertThat(window.stale()).isTrue();
    window.restored();
    assertThat(window.stale()).isFalse();
  }
}
