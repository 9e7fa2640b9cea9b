package dev.waitok.examples.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PatternTest {
  @Test
  void seesAnyByteThatChanged() {
    try (Arena arena = Arena.ofConfined()) {
      for (int length : new int[] {1, 7, 8, 9, 31, 100}) {
        MemorySegment memory = arena.allocate(length + 3L);
        Pattern.fill(memory, 3, length, 42);
        assertThat(Pattern.holds(memory, 3, length, 42)).isTrue();
        for (int i = 3; i < length + 3; i++) {
          byte was = memory.get(ValueLayout.JAVA_BYTE, i);
          memory.set(ValueLayout.JAVA_BYTE, i, (byte) (was ^ 0x10));
          assertThat(Pattern.holds(memory, 3, length, 42)).as("byte %d of %d", i, length).isFalse();
          memory.set(ValueLayout.JAVA_BYTE, i, was);
        }
      }
    }
  }

  @Test
  void differsByNumberAndByPlace() {
    MemorySegment memory = MemorySegment.ofArray(new byte[64]);
    Pattern.fill(memory, 0, 64, 1);
    assertThat(Pattern.holds(memory, 0, 64, 2)).isFalse();
    assertThat(Pattern.holds(memory, 8, 56, 1)).isFalse();
    assertThat(Pattern.holds(memory, 0, 16, 1)).as("a shorter look").isTrue();
  }

  @Test
  void writesNothingOutsideItsBlock() {
    MemorySegment memory = MemorySegment.ofArray(new byte[40]);
    Pattern.fill(memory, 11, 13, 5);
    assertThat(Pattern.isZero(memory, 0, 11)).isTrue();
    assertThat(Pattern.isZero(memory, 24, 16)).isTrue();
    assertThat(Pattern.isZero(memory, 0, 40)).isFalse();
  }
}
