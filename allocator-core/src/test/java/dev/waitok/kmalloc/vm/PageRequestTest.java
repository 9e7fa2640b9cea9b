package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a request says of itself. */
class PageRequestTest {
  private final SilentRequest request =
      new SilentRequest(3, PageRequest.TO_INTERRUPT_RESERVE, PageRequest.NO_CLASS, 0);

  @Test
  void itHasWaitedSinceItStoodInLine() {
    request.since = 100;
    assertThat(request.waited(175)).isEqualTo(75);
    request.sleeper = null;
    assertThat(request.waited(175)).isEqualTo(-1);
  }

  @Test
  void itIsAwaySinceItSwitched() {
    request.switchedAt = 40;
    assertThat(request.away(175)).isEqualTo(-1);
    request.switched = true;
    assertThat(request.away(175)).isEqualTo(135);
  }

  @Test
  void itIsHeldToItsOwnFloorWhateverTheAttemptMayDo() {
    request.floorLevel = PageRequest.TO_LAST_PAGE;
    assertThat(request.isHeldTo(PageRequest.TO_INTERRUPT_RESERVE)).isTrue();
    assertThat(request.isHeldTo(PageRequest.TO_LAST_PAGE)).isFalse();
  }
}
