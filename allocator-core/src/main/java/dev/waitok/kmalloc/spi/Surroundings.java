package dev.waitok.kmalloc.spi;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a simulation puts itself under the allocators that are built inside it: it then owns their
 * clock, their service threads and the waits of plain threads. Nobody else needs this.
 */
public final class Surroundings {
  private static volatile @Nullable Supplier<@Nullable ExecutionContext> source;

  private Surroundings() {}

  /**
   * Sets who is asked for the base context of each allocator that is built; once a process.
   *
   * @param contexts gives the context for the calling thread, or null for the built-in one
   */
  public static void ask(Supplier<@Nullable ExecutionContext> contexts) {
    source = contexts;
  }

  /**
   * The base context for an allocator that the calling thread builds.
   *
   * @return the context, or null for the built-in one
   */
  public static @Nullable ExecutionContext current() {
    Supplier<@Nullable ExecutionContext> asked = source;
    return asked == null ? null : asked.get();
  }
}
