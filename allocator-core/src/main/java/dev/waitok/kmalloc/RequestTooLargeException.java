package dev.waitok.kmalloc;

/** A request for more pages than the arena has above the caller's floor: no wait could end. */
public final class RequestTooLargeException extends KmallocException {
  private static final long serialVersionUID = 1L;

  RequestTooLargeException(String message) {
    super(message);
  }
}
