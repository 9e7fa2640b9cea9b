package dev.waitok.lwkt;

/**
 * The caller is in a hard section, holds a spin lock or is an IPI function, and asked for something
 * that may wait or switch. Thrown always, not only when there is something to wait for.
 */
public final class CannotBlockException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  CannotBlockException(String message) {
    super(message);
  }
}
