package dev.waitok.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void alignsNumbersRightAndWordsLeft() {
    Table table = new Table("name", "count", "what");
    table.row("a", 1_234_567, "x");
    table.row("longer", 5, "yz");
    assertThat(table)
        .hasToString(
            """
            name        count  what
            a       1,234,567  x
            longer          5  yz
            """);
  }

  @Test
  void refusesARowOfAnotherWidth() {
    Table table = new Table("name", "count");
    assertThatThrownBy(() -> table.row("a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 cells for 2 columns");
  }

  @Test
  void showsAmountsInTheirUnits() {
    assertThat(Amount.bytes(1023)).isEqualTo("1023 B");
    assertThat(Amount.bytes(3 << 19)).isEqualTo("1.5 MiB");
    assertThat(Amount.bytes(5L << 30)).isEqualTo("5.0 GiB");
    assertThat(Amount.nanos(999)).isEqualTo("999 ns");
    assertThat(Amount.nanos(1_500)).isEqualTo("1.5 us");
    assertThat(Amount.nanos(2_000_000_000L)).isEqualTo("2.00 s");
  }
}
