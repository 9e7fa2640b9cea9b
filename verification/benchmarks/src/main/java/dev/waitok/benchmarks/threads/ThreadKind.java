package dev.waitok.benchmarks.threads;

import java.util.Locale;

/** The kinds of threads that a workload runs on. */
public enum ThreadKind {
  /** LWKT threads, dispatched directly; thread i on cpu i. */
  LWKT,
  PLATFORM,
  VIRTUAL,
  /** Platform threads as Netty makes them for itself, with its fast thread locals. */
  FAST_LOCAL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
