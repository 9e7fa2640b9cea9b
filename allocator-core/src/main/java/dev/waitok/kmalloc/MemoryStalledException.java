package dev.waitok.kmalloc;

/**
 * Nothing was freed for long while requests waited, and {@link StallPolicy#THROW_TO_YOUNGEST} chose
 * this one to give up.
 */
public final class MemoryStalledException extends KmallocException {
  private static final long serialVersionUID = 1L;

  MemoryStalledException(String message) {
    super(message);
  }
}
