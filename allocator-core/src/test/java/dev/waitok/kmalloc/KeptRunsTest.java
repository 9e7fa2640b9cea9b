package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs of pages that the freer's stripe keeps for the next large request. */
class KeptRunsTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 1024;

  private final Kmalloc kmalloc =
      Kmalloc.builder()
          .arena((long) PAGES * PAGE)
          .stripes(1)
          .giveBackAfter(Duration.ofHours(1)) // what is kept is called in by nobody meanwhile
          .build();
  private final TestHooks hooks = TestHooks.of(kmalloc);
  private final MallocType type = kmalloc.type("t");

  @AfterEach
  void close() {
    hooks.checkInvariants();
    kmalloc.close();
  }

  @Test
  void aRunOfTheSameLengthIsTakenAgain() {
    long first = type.kmallocAddress(64 << 10);
    int free = kmalloc.pages().free();
    type.kfree(first);
    assertThat(kmalloc.pages().free()).as("kept").isEqualTo(free);
    assertThat(kmalloc.pageStatistics().idlePages()).isEqualTo(16);
    assertThat(type.kmallocAddress(64 << 10)).isEqualTo(first);
    assertThat(kmalloc.pageStatistics().idlePages()).isZero();
    type.kfree(first);
  }

  @Test
  void aRunOfTheSameLengthIsTakenAndOthersStayKept() {
    long sixteen = type.kmallocAddress(16L * PAGE);
    long eight = type.kmallocAddress(8L * PAGE);
    type.kfree(eight);
    type.kfree(sixteen);
    assertThat(type.kmallocAddress(16L * PAGE)).isEqualTo(sixteen);
    assertThat(kmalloc.pageStatistics().idlePages()).isEqualTo(8);
    type.kfree(sixteen);
  }

  @Test
  void aKeptRunIsFreeToItsFormerOwner() {
    long run = type.kmallocAddress(64 << 10);
    type.kfree(run);
    assertThatThrownBy(() -> type.kfree(run)).isInstanceOf(InvalidFreeException.class);
    assertThatThrownBy(() -> type.kfree(run + PAGE)).isInstanceOf(InvalidFreeException.class);
  }

  @Test
  void whatIsKeptStaysWithinAnEighthOfTheArena() {
    List<Long> runs = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      runs.add(type.kmallocAddress(32L * PAGE));
    }
    runs.forEach(type::kfree);
    assertThat(kmalloc.pageStatistics().idlePages()).isEqualTo(PAGES / 8);
    assertThat(kmalloc.pages().free()).isEqualTo(PAGES - PAGES / 8);
  }

  @Test
  void keptRunsAreGivenUpBeforeOthersAreTakenAndBeforeARequestFails() {
    hooks.holdPageout();
    type.kfree(type.kmallocAddress(64L * PAGE));
    int wired = kmalloc.pages().wired();
    long other = type.kmallocAddress(48L * PAGE);
    assertThat(kmalloc.pages().wired()).as("retained").isLessThanOrEqualTo(wired);
    type.kfree(other);
    List<Long> blocks = new ArrayList<>();
    long block;
    while ((block = type.tryKmallocAddress(256, M_NOWAIT)) != Kmalloc.NULL) {
      blocks.add(block);
    }
    assertThat(kmalloc.pageStatistics().idlePages()).isZero();
    assertThat(kmalloc.pages().free()).isEqualTo(kmalloc.thresholds().interrupt());
    blocks.forEach(type::kfree);
  }
}
