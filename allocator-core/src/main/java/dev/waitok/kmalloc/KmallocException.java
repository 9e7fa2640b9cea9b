package dev.waitok.kmalloc;

/**
 * Anything that a call of this library refuses or cannot do, apart from plainly illegal arguments.
 */
public class KmallocException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KmallocException(String message) {
    super(message);
  }
}
