package dev.waitok.examples.memcached;

/** A command that gets an error line. The connection goes on. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Refused(String line) {
    super(line);
  }

  Refused(String line, Throwable cause) {
    super(line, cause);
  }
}
