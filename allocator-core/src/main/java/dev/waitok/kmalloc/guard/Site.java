package dev.waitok.kmalloc.guard;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where in the program something was done: the caller's frames, without the allocator's own.
 *
 * @param frames innermost first
 * @param thread who did it
 */
public record Site(List<StackFrame> frames, String thread) {
  /** As many frames as it takes to get out of most wrappers. */
  private static final int MOST_FRAMES = 12;

  private static final String OWN_PACKAGE = "dev.waitok.kmalloc.";

  /** The classes of the face whose frames say nothing. */
  private static final Set<String> OWN =
      Set.of(
          "Kmalloc", "MallocType", "Block", "Calls", "GuardedCalls", "WaitingCalls", "Placement");

  private static final StackWalker WALKER = StackWalker.getInstance();

  /** The place that called the allocator. A few microseconds. */
  public static Site here() {
    Thread thread = Thread.currentThread();
    String name = thread.getName();
    return new Site(
        WALKER.walk(
            frames ->
                frames
                    .dropWhile(f -> isOwn(f.getClassName()))
                    .limit(MOST_FRAMES)
                    .collect(Collectors.toUnmodifiableList())),
        name.isEmpty() ? "#" + thread.threadId() : name);
  }

  private static boolean isOwn(String className) {
    if (!className.startsWith(OWN_PACKAGE)) {
      return false;
    }
    String rest = className.substring(OWN_PACKAGE.length());
    return rest.startsWith("guard.") || OWN.contains(rest);
  }

  /** All frames, one behind the other. */
  public String trace() {
    return frames.stream().map(Site::text).collect(Collectors.joining(" < "));
  }

  /** A frame as in a stack trace, without its module. */
  private static String text(StackFrame frame) {
    return frame.getClassName()
        + "."
        + frame.getMethodName()
        + "("
        + frame.getFileName()
        + ":"
        + frame.getLineNumber()
        + ")";
  }

  /** The innermost frame and the thread. */
  @Override
  public String toString() {
    return (frames.isEmpty() ? "unknown" : text(frames.getFirst())) + " on " + thread;
  }
}
