package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import java.io.IOException;

/** An arena's mapping is kept from huge pages unless they are asked for. */
final class HugePages implements Scenario {
  @Override
  public void run(Figures figures) throws IOException {
    figures
        .exactly("noHugePagesByDefault", flagged(false, "nh"), 1)
        .exactly("hugePagesOnRequest", flagged(true, "hg"), 1);
  }

  private static int flagged(boolean wanted, String flag) throws IOException {
    try (Kmalloc kmalloc =
        Kmalloc.builder().arena(64 * MIB).pageSize(PAGE).hugePages(wanted).build()) {
      return Mapping.has(kmalloc, flag) ? 1 : 0;
    }
  }
}
