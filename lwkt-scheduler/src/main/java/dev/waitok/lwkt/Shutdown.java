package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.InterruptSource;
import dev.waitok.lwkt.sched.Machine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The orderly end of a scheduler: first its threads, while interrupts still serve them; then the
 * interrupts; then the cpus. What does not end in time keeps the cpus open until it does.
 */
final class Shutdown {
  /** Interrupts that have nothing to do end in microseconds, but need to be given them. */
  private static final long LEAST_FOR_INTERRUPTS = 100_000_000L;

  private final Machine machine;
  private final Set<LwktThread> threads;
  private final Map<LwktThread, InterruptSource> interrupts;
  private final Runnable release;
  private boolean interrupted;

  Shutdown(
      Machine machine,
      Set<LwktThread> threads,
      Map<LwktThread, InterruptSource> interrupts,
      Runnable release) {
    this.machine = machine;
    this.threads = threads;
    this.interrupts = interrupts;
    this.release = release;
  }

  List<LwktThread> run(long nanos) {
    long start = machine.dispatcher().nanoTime();
    machine.refuseThreads();
    end(start, nanos, false, true);
    long left = Math.max(LEAST_FOR_INTERRUPTS, nanos - (machine.dispatcher().nanoTime() - start));
    List<LwktThread> served = new ArrayList<>(interrupts.keySet());
    served.sort(Comparator.comparingLong(LwktThread::number));
    for (LwktThread thread : served) {
      InterruptSource source = interrupts.get(thread);
      if (source != null) {
        source.close();
      }
    }
    end(machine.dispatcher().nanoTime(), left / 2, true, false);
    end(machine.dispatcher().nanoTime(), left / 2, true, true);
    machine.stop();
    List<LwktThread> remaining = List.copyOf(threads);
    if (remaining.isEmpty()) {
      awaitCpus();
    } else {
      machine.dispatcher().startService("lwkt-closer", this::awaitCpus);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return remaining;
  }

  /** Waits for all threads of one kind, having interrupted each once if told to. */
  private void end(long start, long nanos, boolean interruptThreads, boolean interrupt) {
    Set<LwktThread> told = new HashSet<>();
    LwktThread next;
    while ((next = oneOf(interruptThreads, interrupt ? told : null)) != null) {
      if (!join(next, start, nanos)) {
        return;
      }
    }
  }

  private @Nullable LwktThread oneOf(boolean interruptThreads, @Nullable Set<LwktThread> told) {
    LwktThread found = null;
    List<LwktThread> inOrder = new ArrayList<>(threads);
    inOrder.sort(Comparator.comparingLong(LwktThread::number));
    for (LwktThread thread : inOrder) {
      if (thread.servesInterrupt() == interruptThreads && thread.isAlive()) {
        found = thread;
        if (told != null && told.add(thread)) {
          thread.interrupt();
        }
      }
    }
    return found;
  }

  private boolean join(LwktThread thread, long start, long nanos) {
    for (; ; ) {
      try {
        long left =
            nanos == Long.MAX_VALUE ? nanos : nanos - (machine.dispatcher().nanoTime() - start);
        return left > 0 && thread.join(left);
      } catch (InterruptedException e) {
        interrupted = true; // the close goes on; the caller finds its status set
      }
    }
  }

  private void awaitCpus() {
    boolean closed = false;
    while (!closed) {
      try {
        closed = machine.dispatcher().awaitClosed(Long.MAX_VALUE);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    release.run();
  }
}
