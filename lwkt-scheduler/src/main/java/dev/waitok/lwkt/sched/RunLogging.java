package dev.waitok.lwkt.sched;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;

/**
 * Whether any cpu of this process tells a {@link RunLog}: a constant for the compiler, so that
 * nothing is left of it in a switch while none does. A look at a field cost 2 ns of the 5 that a
 * FAST interrupt at a poll takes.
 */
public final class RunLogging {
  private static final MethodHandle NO = MethodHandles.constant(boolean.class, false);
  private static final MethodHandle YES = MethodHandles.constant(boolean.class, true);
  private static final MutableCallSite SITE = new MutableCallSite(NO);
  private static final MethodHandle IS_ON = SITE.dynamicInvoker();

  private static int users;

  private RunLogging() {}

  /** Says that somebody logs from now on; compiled code that knew otherwise is made anew. */
  public static synchronized void begin() {
    if (users++ == 0) {
      set(YES);
    }
  }

  /** Says that whoever said so logs no more. */
  public static synchronized void end() {
    if (--users == 0) {
      set(NO);
    }
  }

  private static void set(MethodHandle answer) {
    SITE.setTarget(answer);
    MutableCallSite.syncAll(new MutableCallSite[] {SITE});
  }

  static boolean isOn() {
    try {
      return (boolean) IS_ON.invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("a constant has thrown", e);
    }
  }
}
