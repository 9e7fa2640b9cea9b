package dev.waitok.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class AllocatorTest {
  /** A process calls one C allocator critically; the tests of a module share a process. */
  private static final List<Subject> SUBJECTS =
      List.of(
          Subject.KMALLOC,
          Subject.KMALLOC_SEGMENTS,
          Subject.MIMALLOC,
          Subject.JEMALLOC,
          Subject.GLIBC,
          Subject.NETTY_POOLED,
          Subject.NETTY_ADAPTIVE,
          Subject.CONFINED_ARENA,
          Subject.BUMP);

  @TestFactory
  List<DynamicTest> keepsWhatWasWritten() {
    return SUBJECTS.stream()
        .map(subject -> DynamicTest.dynamicTest(subject.title(), () -> keeps(subject)))
        .toList();
  }

  private static void keeps(Subject subject) {
    try (Allocator allocator = subject.open(4, false)) {
      assertThat(allocator.pair(256, (byte) 7)).isEqualTo((byte) 7);
      allocator.allocate(0, 100);
      allocator.allocateZeroed(1, 100);
      allocator.allocateAligned(2, 100, 64);
      assertThat(allocator.getLong(1, 92)).isZero();
      for (int slot = 0; slot < 3; slot++) {
        allocator.setLong(slot, 0, slot);
        allocator.setByte(slot, 99, (byte) (10 + slot));
      }
      allocator.reallocate(1, 100, 1000);
      allocator.setByte(1, 999, (byte) 1);
      for (int slot = 0; slot < 3; slot++) {
        assertThat(allocator.getLong(slot, 0)).isEqualTo(slot);
        assertThat(allocator.getByte(slot, 99)).isEqualTo((byte) (10 + slot));
        allocator.free(slot);
      }
    }
  }
}
