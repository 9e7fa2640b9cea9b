package dev.waitok.kmalloc;

/**
 * A listener's or reclaimer's place with an allocator; closing it ends that, again does nothing.
 */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  @Override
  void close();
}
