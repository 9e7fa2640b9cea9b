package dev.waitok.examples.report;

import java.io.Console;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * Says on the error stream how far a long run is, once a second, so that the output stays a table.
 * Nothing is said in a run's first second. On a terminal the line is written over and over. Used by
 * one thread.
 */
public final class Progress implements AutoCloseable {
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final PrintStream out = System.err;
  private final boolean terminal;
  private final String what;
  private final long started = System.nanoTime();
  private long said = started;
  private boolean anything;

  /**
   * Progress of one run.
   *
   * @param what the run's name
   */
  public Progress(String what) {
    this.what = what;
    this.terminal = isTerminal();
  }

  /**
   * Says how far the run is, if it is time to.
   *
   * @param done how much is done
   * @param total of how much
   * @param unit what is counted
   */
  public void show(long done, long total, String unit) {
    long now = System.nanoTime();
    if (now - said < INTERVAL_NANOS) {
      return;
    }
    said = now;
    anything = true;
    String text =
        String.format(
            "%s: %3d%%  %,d of %,d %s, %.0f s",
            what, total == 0 ? 100 : done * 100 / total, done, total, unit, (now - started) / 1e9);
    out.print(terminal ? "\r" + text : text + System.lineSeparator());
    out.flush();
  }

  /** Clears the line on a terminal. */
  @Override
  public void close() {
    if (anything && terminal) {
      out.print("\r" + " ".repeat(78) + "\r");
      out.flush();
    }
  }

  /** In 25 there is no console, not a console that is none, where the streams are redirected. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    @Nullable Console console = System.console();
    return console != null && console.isTerminal();
  }
}
