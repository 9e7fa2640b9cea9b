package dev.waitok.examples.cli;

import java.util.Locale;

/** How LWKT threads are to be dispatched, as the command lines spell it. */
public enum DispatchOption {
  /** The best that works here. */
  AUTO,
  /** Cpus are carrier threads. */
  DIRECT,
  /** A baton on the default scheduler. */
  PORTABLE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads one on the command line. */
  public static final class Reader extends Choice<DispatchOption> {
    /** For the command line. */
    public Reader() {
      super(values());
    }
  }
}
