package dev.waitok.kmalloc;

/** A request's time was over before there was memory for it. It has left the line. */
public final class KmallocTimeoutException extends KmallocException {
  private static final long serialVersionUID = 1L;

  KmallocTimeoutException(String message) {
    super(message);
  }
}
