package dev.waitok.kmalloc;

/**
 * A caller that may not block (hard section, spin lock, IPI function, pager) asked to wait. It is
 * refused always, not only when memory is short.
 */
public final class CannotBlockException extends KmallocException {
  private static final long serialVersionUID = 1L;

  CannotBlockException(String message) {
    super(message);
  }
}
