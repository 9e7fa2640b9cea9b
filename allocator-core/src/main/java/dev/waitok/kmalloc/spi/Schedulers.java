package dev.waitok.kmalloc.spi;

import dev.waitok.kmalloc.spi.ExecutionContext.OwnCpu;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The schedulers that run in this process, so that an allocator without one tells a scheduler's
 * thread from a plain one: it refuses the former, whose waits would hold up a cpu.
 */
public final class Schedulers {
  private static final List<ExecutionContext> RUNNING = new CopyOnWriteArrayList<>();

  /** One of those that run, or null: one is enough to ask, since it knows its kind's threads. */
  private static volatile @Nullable ExecutionContext any;

  /**
   * A constant for the compiler, unlike a field with an object whose method is to be called: seven
   * loads less on a path of a hundred instructions.
   */
  private static final MutableCallSite OWN_CPU =
      new MutableCallSite(MethodHandles.constant(OwnCpu.class, null));

  private static final MethodHandle FIND_OWN_CPU = OWN_CPU.dynamicInvoker();

  private Schedulers() {}

  /**
   * Says that a scheduler's threads may call allocators from now on.
   *
   * @param scheduler its context
   */
  public static synchronized void started(ExecutionContext scheduler) {
    RUNNING.add(scheduler);
    any = scheduler;
  }

  /**
   * Says that a scheduler's last thread has ended.
   *
   * @param scheduler its context
   */
  public static synchronized void stopped(ExecutionContext scheduler) {
    RUNNING.remove(scheduler);
    any = RUNNING.isEmpty() ? null : RUNNING.getFirst();
  }

  /**
   * A scheduler that runs in this process.
   *
   * @return its context, or null if there is none
   */
  public static @Nullable ExecutionContext any() {
    return any;
  }

  /**
   * Says how {@link #ownCpu} finds out, for all schedulers of a kind; once a process.
   *
   * @param find a method without arguments that returns an {@link OwnCpu} or null: it must make no
   *     garbage and cost a few loads
   */
  public static synchronized void provideOwnCpu(MethodHandle find) {
    OWN_CPU.setTarget(find.asType(OWN_CPU.type()));
    MutableCallSite.syncAll(new MutableCallSite[] {OWN_CPU});
  }

  /**
   * The cpu that the calling thread runs on, if it is a scheduler's: what it does until its next
   * preemption point, nobody on that cpu sees half done. A shorter way than {@link
   * ExecutionContext#caller} for the most usual caller.
   *
   * @return the cpu; or null, also if there is no short way: then the context tells
   */
  public static @Nullable OwnCpu ownCpu() {
    try {
      return (OwnCpu) FIND_OWN_CPU.invokeExact();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new LinkageError("a method that finds the own cpu has failed", e);
    }
  }
}
