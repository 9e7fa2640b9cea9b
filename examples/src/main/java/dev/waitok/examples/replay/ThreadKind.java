package dev.waitok.examples.replay;

import dev.waitok.examples.cli.Choice;
import java.util.Locale;

/** The kinds of threads that can replay a trace. */
enum ThreadKind {
  LWKT,
  PLATFORM,
  VIRTUAL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads one on the command line. */
  static final class Reader extends Choice<ThreadKind> {
    /** For the command line. */
    Reader() {
      super(values());
    }
  }
}
