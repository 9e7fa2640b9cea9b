package dev.waitok.lwkt;

/** The scheduler is closed, or closing, and takes no more threads or interrupts. */
public final class LwktClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  LwktClosedException(String message) {
    super(message);
  }
}
