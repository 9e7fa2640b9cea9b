package dev.waitok.examples.trace;

import java.io.IOException;

/**
 * A trace that cannot be used: damaged, cut off, or not a trace. The message is one sentence that
 * names the file, the line and what is wrong with it; nothing of such a file is ever replayed.
 */
public final class TraceException extends IOException {
  private static final long serialVersionUID = 1;

  private final long line;

  /**
   * One damaged place.
   *
   * @param name the file's name
   * @param line the line, from 1
   * @param what what is wrong there
   */
  public TraceException(String name, long line, String what) {
    super(name + ": line " + line + ": " + what);
    this.line = line;
  }

  /**
   * Where the file stops making sense.
   *
   * @return the line, from 1
   */
  public long line() {
    return line;
  }
}
