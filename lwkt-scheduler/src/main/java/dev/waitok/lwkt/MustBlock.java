package dev.waitok.lwkt;

/**
 * A FAST interrupt asked for something that would wait or switch. Nothing has been changed; the
 * scheduler catches this and runs the handler again, from its start, as a thread. A handler lets it
 * pass.
 */
public final class MustBlock extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** There is only one: it is thrown in nanoseconds and carries nothing. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack trace to mislead anybody
  static final MustBlock INSTANCE = new MustBlock();

  private MustBlock() {
    super("a FAST interrupt must wait: its handler runs again as a thread", null, false, false);
  }
}
