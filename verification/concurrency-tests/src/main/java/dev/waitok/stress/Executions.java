package dev.waitok.stress;

import org.jspecify.annotations.Nullable;

/** Which time it is that a thread makes a call for one and the same argument. */
public final class Executions {
  private static final ThreadLocal<Executions> OF_THREAD = ThreadLocal.withInitial(Executions::new);

  private @Nullable Object argument;
  private int count;

  private Executions() {}

  /** Counts an execution, and says whether it is the one to be left out. */
  @SuppressWarnings("ReferenceEquality")
  public static boolean leaveOut(Object argument, int which) {
    Executions seen = OF_THREAD.get();
    seen.count = seen.argument == argument ? seen.count + 1 : 1;
    seen.argument = argument;
    return seen.count == which;
  }
}
