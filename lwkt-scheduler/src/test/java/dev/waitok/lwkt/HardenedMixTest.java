package dev.waitok.lwkt;

import dev.waitok.kmalloc.Hardening;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocBuilder;

/** The programs of {@link SimulatedMixTest} on guarded blocks. */
class HardenedMixTest extends SimulatedMixTest {
  @Override
  int runs() {
    return 40;
  }

  @Override
  KmallocBuilder builder() {
    return Kmalloc.builder().hardened(Hardening.sampled(2)).quarantine(3 * 4096);
  }
}
