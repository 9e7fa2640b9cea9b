package dev.waitok.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
  private final ByteSize size = new ByteSize();

  @Test
  void readsBytesAndPowersOf1024() {
    assertThat(size.convert("17")).isEqualTo(17);
    assertThat(size.convert("4K")).isEqualTo(4096);
    assertThat(size.convert("16m")).isEqualTo(16L << 20);
    assertThat(size.convert("3G")).isEqualTo(3L << 30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12Q", "-1", "1.5M", "M", "999999999999999G"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> size.convert(text)).isInstanceOf(TypeConversionException.class);
  }
}
