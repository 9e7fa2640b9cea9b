package dev.waitok.examples.memcached;

import org.jspecify.annotations.Nullable;

/** A command that gets an error. The connection goes on. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, as the binary protocol tells it. */
  enum Reason {
    BAD_ARGUMENTS,
    TOO_LARGE,
    NOT_A_NUMBER,
    NO_MEMORY
  }

  private final Reason reason;

  /** For a line that is not as it has to be. */
  Refused(String line) {
    this(Reason.BAD_ARGUMENTS, line, null);
  }

  /** For a line that is not as it has to be. */
  Refused(String line, Throwable cause) {
    this(Reason.BAD_ARGUMENTS, line, cause);
  }

  private Refused(Reason reason, String line, @Nullable Throwable cause) {
    super(line, cause);
    this.reason = reason;
  }

  static Refused tooLarge() {
    return new Refused(Reason.TOO_LARGE, "SERVER_ERROR object too large for cache", null);
  }

  static Refused notANumber() {
    String line = "CLIENT_ERROR cannot increment or decrement non-numeric value";
    return new Refused(Reason.NOT_A_NUMBER, line, null);
  }

  static Refused noMemory() {
    return new Refused(Reason.NO_MEMORY, "SERVER_ERROR out of memory storing object", null);
  }

  /** What the text protocol answers. */
  String line() {
    return String.valueOf(getMessage());
  }

  Reason reason() {
    return reason;
  }
}
