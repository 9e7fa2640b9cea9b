package dev.waitok.kmalloc;

/** The allocator is closed, or was closed while the caller waited. */
public final class KmallocClosedException extends KmallocException {
  private static final long serialVersionUID = 1L;

  KmallocClosedException(String message) {
    super(message);
  }
}
