package dev.waitok.lwkt.dispatch;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The three internal entries of {@code java.lang} that direct dispatch needs, and the only place
 * that knows them: a virtual thread with an executor of our own, the carrier below a virtual
 * thread, and the default scheduler. They are there when {@code java.base/java.lang} is opened to
 * this module; no private state is read.
 */
final class DirectAccess {
  /**
   * {@code Thread.NO_INHERIT_THREAD_LOCALS}, as the portable dispatch asks for by its public name.
   */
  private static final int NO_INHERIT_THREAD_LOCALS = 1 << 2;

  private static final @Nullable MethodHandle CURRENT_CARRIER;
  private static final @Nullable MethodHandle NEW_VIRTUAL_THREAD;
  private static final @Nullable Executor DEFAULT_SCHEDULER;

  /** Whether the entries were found. */
  static final boolean AVAILABLE;

  /** Why not, in words for the user; empty if they were found. */
  static final String REASON;

  static {
    MethodHandle carrier = null;
    MethodHandle create = null;
    Executor scheduler = null;
    String reason = "";
    try {
      // A fresh lookup for each class: one derived from a private lookup is refused.
      carrier =
          MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup())
              .findStatic(
                  Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
      Class<?> builders = Class.forName("java.lang.ThreadBuilders");
      create =
          MethodHandles.privateLookupIn(builders, MethodHandles.lookup())
              .findStatic(
                  builders,
                  "newVirtualThread",
                  MethodType.methodType(
                      Thread.class, Executor.class, String.class, int.class, Runnable.class));
      Class<?> virtual = Class.forName("java.lang.VirtualThread");
      MethodHandle defaultScheduler =
          MethodHandles.privateLookupIn(virtual, MethodHandles.lookup())
              .findStatic(virtual, "defaultScheduler", MethodType.methodType(Executor.class));
      scheduler = (Executor) defaultScheduler.invoke();
    } catch (IllegalAccessException e) {
      reason = "java.lang is not opened: start with " + flag();
    } catch (Throwable e) {
      reason = "this JDK (" + Runtime.version() + ") lacks what direct dispatch needs: " + e;
    }
    AVAILABLE = scheduler != null;
    REASON = reason;
    CURRENT_CARRIER = AVAILABLE ? carrier : null;
    NEW_VIRTUAL_THREAD = AVAILABLE ? create : null;
    DEFAULT_SCHEDULER = AVAILABLE ? scheduler : null;
  }

  private DirectAccess() {}

  private static String flag() {
    Module module = DirectAccess.class.getModule();
    String to = module.isNamed() ? module.getName() : "ALL-UNNAMED";
    return "--add-opens java.base/java.lang=" + to;
  }

  /** The platform thread that runs the caller; an intrinsic, about a nanosecond. */
  static Thread currentCarrier() {
    MethodHandle handle = CURRENT_CARRIER;
    if (handle == null) {
      throw new IllegalStateException(REASON);
    }
    try {
      return (Thread) handle.invokeExact();
    } catch (Throwable e) {
      throw new LinkageError("currentCarrierThread", e);
    }
  }

  /** Makes an unstarted virtual thread that is run by the given executor. */
  static Thread newVirtualThread(Executor executor, String name, Runnable body) {
    MethodHandle handle = NEW_VIRTUAL_THREAD;
    if (handle == null) {
      throw new IllegalStateException(REASON);
    }
    try {
      return (Thread) handle.invokeExact(executor, name, NO_INHERIT_THREAD_LOCALS, body);
    } catch (Throwable e) {
      throw new LinkageError("newVirtualThread", e);
    }
  }

  /** The scheduler of virtual threads that are nobody's. */
  static Executor defaultScheduler() {
    Executor scheduler = DEFAULT_SCHEDULER;
    if (scheduler == null) {
      throw new IllegalStateException(REASON);
    }
    return scheduler;
  }
}
