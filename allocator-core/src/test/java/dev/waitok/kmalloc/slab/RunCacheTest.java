package dev.waitok.kmalloc.slab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Runs that are kept, beside a plain list. */
class RunCacheTest {
  private record Kept(int page, int length) {}

  @Test
  void isAListOfSixteenTakenByLengthFromItsEndAndGivenUpFromItsFront() {
    for (long seed = 1; seed <= 100; seed++) {
      Random random = new Random(seed);
      RunCache cache = new RunCache();
      List<Kept> model = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        assertThat(cache.isEmpty()).isEqualTo(model.isEmpty());
        assertThat(cache.isFull()).as("seed %d", seed).isEqualTo(model.size() == 16);
        int choice = random.nextInt(7);
        if (choice < 5 && !cache.isFull()) {
          Kept run = new Kept(step, 1 + random.nextInt(4));
          cache.add(run.page, run.length);
          model.add(run);
        } else if (choice == 5 && !model.isEmpty()) {
          assertThat(cache.oldestLength()).isEqualTo(model.getFirst().length);
          assertThat(cache.takeOldest()).isEqualTo(model.removeFirst().page);
        } else {
          int length = 1 + random.nextInt(5);
          int last = -1;
          for (int i = 0; i < model.size(); i++) {
            last = model.get(i).length == length ? i : last;
          }
          int expected = last < 0 ? RunCache.NONE : model.remove(last).page;
          assertThat(cache.take(length)).as("seed %d", seed).isEqualTo(expected);
        }
      }
    }
  }
}
