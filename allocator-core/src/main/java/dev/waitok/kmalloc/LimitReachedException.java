package dev.waitok.kmalloc;

/** A request would take its type over its limit. Nothing was changed. */
public final class LimitReachedException extends KmallocException {
  private static final long serialVersionUID = 1L;

  LimitReachedException(String message) {
    super(message);
  }
}
