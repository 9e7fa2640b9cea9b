package dev.waitok.examples.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How a line is taken apart. */
class WordsTest {
  @Test
  void anyNumberOfBlanksSeparatesWords() {
    assertThat(Words.of("get a b").all()).containsExactly("get", "a", "b");
    assertThat(Words.of("  get   a  b ").all()).containsExactly("get", "a", "b");
    assertThat(Words.of("version").all()).containsExactly("version");
  }

  @Test
  void anEmptyLineIsOneEmptyWord() {
    assertThat(Words.of("").all()).containsExactly("");
    assertThat(Words.of("   ").all()).containsExactly("");
  }

  @Test
  void otherControlsBelongToAWord() {
    assertThat(Words.of("get a\tb").all()).containsExactly("get", "a\tb");
  }
}
