package dev.waitok.kmalloc;

/**
 * A preempting caller found no FREE page, could not switch away since its virtual thread was
 * pinned, and gave up after 10 s of trying in place. Nothing was changed.
 */
public final class PinnedException extends KmallocException {
  private static final long serialVersionUID = 1L;

  PinnedException(String message) {
    super(message);
  }
}
