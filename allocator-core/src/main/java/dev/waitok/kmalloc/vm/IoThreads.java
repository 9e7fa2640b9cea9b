package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.ShortLock;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.atomic.MpscLinkedAtomicQueue;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run pagers. Nobody has a reference by which to interrupt them: an interrupt
 * during a read would close the file for everyone.
 */
public final class IoThreads {
  /** Two reads at a time: one may be slow. */
  private static final int THREADS = 2;

  private final Worker[] workers = new Worker[THREADS];
  private final AtomicInteger turn = new AtomicInteger();

  /** Starts the threads as services of the base context. */
  public IoThreads(Callers callers) {
    for (int i = 0; i < THREADS; i++) {
      Worker worker = new Worker(callers);
      workers[i] = worker;
      callers.base().startService("kmalloc-io-" + i, worker::run);
    }
  }

  /** What an I/O thread does. */
  interface Job {
    /** Does it, on an I/O thread. */
    void run();

    /** Says to those who wait that it will not be done, since the threads have ended. */
    void refuse();
  }

  /** Runs a job on one of the threads, after those given before to the same one; or refuses it. */
  void submit(Job job) {
    workers[(turn.getAndIncrement() & Integer.MAX_VALUE) % THREADS].submit(job);
  }

  /** Ends the threads when they have done what was given to them; returns when they are gone. */
  public void close(Caller caller) {
    for (Worker worker : workers) {
      worker.close(caller.newSleeper());
    }
  }

  private static final class Worker {
    private final Callers callers;
    private final MpscLinkedAtomicQueue<Job> jobs = new MpscLinkedAtomicQueue<>();
    private final ShortLock refusing = new ShortLock();
    private volatile @Nullable Sleeper sleeper;
    private volatile @Nullable Sleeper closer;
    private volatile boolean closed;
    private volatile boolean ended;

    Worker(Callers callers) {
      this.callers = callers;
    }

    void submit(Job job) {
      jobs.offer(job);
      // The offer before and the look after must not change places: the ending does them crosswise.
      VarHandle.fullFence();
      if (ended) {
        refuseAll();
      } else {
        wake();
      }
    }

    /** Refuses what came after the last look. The thread has ended: whoever is here consumes. */
    private void refuseAll() {
      Job job;
      do {
        refusing.lock();
        try {
          job = jobs.poll();
        } finally {
          refusing.unlock();
        }
        if (job != null) {
          job.refuse();
        }
      } while (job != null);
    }

    private void wake() {
      Sleeper s = sleeper;
      if (s != null) {
        s.wake();
      }
    }

    void run() {
      Sleeper mine = callers.caller().newSleeper();
      sleeper = mine;
      while (true) {
        Job job = jobs.poll();
        if (job != null) {
          job.run();
        } else if (closed) {
          break;
        } else {
          mine.sleep(Long.MAX_VALUE);
        }
      }
      ended = true;
      VarHandle.fullFence();
      refuseAll();
      Sleeper waiting = closer;
      if (waiting != null) {
        waiting.wake();
      }
    }

    void close(Sleeper mine) {
      closer = mine;
      closed = true;
      wake();
      while (!ended) {
        mine.sleep(1_000_000_000L);
      }
    }
  }
}
