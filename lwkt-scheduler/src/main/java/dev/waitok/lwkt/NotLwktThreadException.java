package dev.waitok.lwkt;

/** A call that only an LWKT thread can make, from another thread. */
public final class NotLwktThreadException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NotLwktThreadException(String message) {
    super(message);
  }
}
