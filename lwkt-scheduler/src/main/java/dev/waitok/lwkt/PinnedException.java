package dev.waitok.lwkt;

/**
 * A thread had to leave its cpu and cannot, because a native frame or a class initialiser is on its
 * stack.
 */
public final class PinnedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  PinnedException(String message) {
    super(message);
  }
}
