package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Chooser;
import org.jspecify.annotations.Nullable;

/** The runs of one strategy, one after the other. */
interface Search {
  /** How a token begins that lists choices. */
  String CHOICES = "c-";

  /** How one begins that is a random run's seed. */
  String RANDOM = "r-";

  /** How one begins that is a PCT run's depth, length and seed. */
  String PCT = "p-";

  /** Where the next run's choices come from; null if that was all. */
  @Nullable Chooser next();

  /** The last run, which made so many choices, has succeeded. */
  default void succeeded(int choices) {}

  /** What names the last run. */
  String token(Choices taken);

  /** How many different states, counted as prefixes of choices, were visited; 0 if not counted. */
  default long states() {
    return 0;
  }
}
