package dev.waitok.audit;

/**
 * One place that looks wrong.
 *
 * @param kind what is wrong
 * @param method class and method, as in a stack trace
 * @param line the source's line, 0 if the class file does not say
 * @param text in words
 */
public record Finding(Kind kind, String method, int line, String text) {
  /** What can be wrong. */
  public enum Kind {
    /** What a call without wait gave is used on a way where it may be null. */
    DEREFERENCED,
    /** What a call without wait gave is used by nobody: a block is lost. */
    IGNORED,
    /** A call that may wait is reached inside a hard section, where it always throws. */
    WAITS_IN_HARD_SECTION
  }

  @Override
  public String toString() {
    return method + (line > 0 ? ":" + line : "") + ": " + kind + ": " + text;
  }
}
