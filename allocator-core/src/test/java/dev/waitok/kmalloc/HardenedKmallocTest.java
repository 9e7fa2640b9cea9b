package dev.waitok.kmalloc;

/** All that {@link KmallocTest} asks of blocks, of guarded ones. */
class HardenedKmallocTest extends KmallocTest {
  @Override
  KmallocBuilder builder() {
    return Kmalloc.builder().hardened(Hardening.FULL);
  }
}
