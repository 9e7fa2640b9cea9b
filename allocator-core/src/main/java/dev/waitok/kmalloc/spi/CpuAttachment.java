package dev.waitok.kmalloc.spi;

/**
 * What an allocator leaves with a scheduler's cpu, to find it again at every call. A class and not
 * an interface: as long as one class extends it, the compiler takes it for one of these without a
 * look at it.
 */
public abstract class CpuAttachment {
  /** For the allocator. */
  protected CpuAttachment() {}
}
