package dev.waitok.examples.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The budget of values on their way. */
class TransfersTest {
  private final Transfers transfers = new Transfers(100);
  private final List<String> closed = new ArrayList<>();

  private Transfers.Transfer begin(int length, String who) {
    return transfers.begin(length, () -> closed.add(who));
  }

  @Test
  void theOldestAreClosedWhenThereIsTooMuch() {
    Transfers.Transfer first = begin(40, "first");
    Transfers.Transfer second = begin(40, "second");
    assertThat(closed).isEmpty();
    Transfers.Transfer third = begin(70, "third");
    assertThat(closed).containsExactly("first", "second");
    assertThat(transfers.bytes()).isEqualTo(70);
    first.close(); // it ends, as its client is gone
    second.close();
    assertThat(transfers.bytes()).isEqualTo(70);
    third.close();
    third.close();
    assertThat(transfers.bytes()).isZero();
  }

  @Test
  void whatHasEndedIsNotClosed() {
    begin(40, "first").close();
    Transfers.Transfer second = begin(60, "second");
    Transfers.Transfer third = begin(40, "third");
    assertThat(closed).isEmpty();
    second.close();
    third.close();
  }

  @Test
  void oneAloneMayBeLargerThanTheBudget() {
    try (Transfers.Transfer _ = begin(1000, "large")) {
      assertThat(closed).isEmpty();
      assertThat(transfers.bytes()).isEqualTo(1000);
    }
  }
}
