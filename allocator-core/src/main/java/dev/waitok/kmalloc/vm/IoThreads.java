package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run pagers, from one queue. Nobody has a reference by which to interrupt them,
 * and an interrupt that a pager leaves behind is cleared: during a read it would close the file for
 * everyone.
 *
 * <p>No job is left behind. A thread says that it is idle, looks once more, then sleeps; a
 * submitter offers, then looks who is idle. The last thread to end says so and then refuses what is
 * left; a submitter that finds them ended after its offer does the same.
 */
public final class IoThreads {
  private static final Logger LOG = LoggerFactory.getLogger(IoThreads.class);

  /** Two reads at a time: one may be slow. */
  private static final int THREADS = 2;

  /** What an I/O thread does. */
  interface Job {
    /** Does it, on an I/O thread. */
    void run();

    /** Says to those who wait that it will not be done, since the threads have ended. */
    void refuse();
  }

  private final Queue<Job> jobs = new ConcurrentLinkedQueue<>();
  private final Worker[] workers = new Worker[THREADS];
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean closed;

  /** Starts the threads as services of the base context. */
  public IoThreads(Callers callers) {
    for (int i = 0; i < THREADS; i++) {
      Worker worker = new Worker(callers);
      workers[i] = worker;
      callers.base().startService("kmalloc-io-" + i, worker::run);
    }
  }

  /** Has one of the threads run a job; or refuses it, if they have ended. Never blocks. */
  void submit(Job job) {
    underWay.incrementAndGet();
    jobs.add(job);
    for (Worker worker : workers) {
      if (worker.idle) {
        worker.wake();
        break;
      }
    }
    refuseIfEnded();
  }

  private void refuseIfEnded() {
    for (Worker worker : workers) {
      if (!worker.ended) {
        return;
      }
    }
    for (Job job = jobs.poll(); job != null; job = jobs.poll()) {
      underWay.decrementAndGet();
      job.refuse();
    }
  }

  /** Whether a job waits or is being done. */
  boolean isUnderWay() {
    return underWay.get() != 0;
  }

  /** Ends the threads when the jobs that were submitted are done; returns when they are gone. */
  public void close(Caller caller) {
    closed = true;
    for (Worker worker : workers) {
      worker.awaitEnd(caller.newSleeper());
    }
  }

  private final class Worker {
    private final Callers callers;
    private volatile @Nullable Sleeper sleeper;
    private volatile @Nullable Sleeper closer;
    private volatile boolean idle;
    private volatile boolean ended;

    Worker(Callers callers) {
      this.callers = callers;
    }

    private void wake() {
      Sleeper s = sleeper;
      if (s != null) {
        s.wake();
      }
    }

    void run() {
      try {
        Sleeper mine = callers.caller().newSleeper();
        sleeper = mine;
        boolean going = true;
        while (going) {
          idle = true;
          Job job = jobs.poll();
          if (job == null && !closed) {
            mine.sleep(Long.MAX_VALUE);
          }
          idle = false;
          going = job != null || !closed;
          if (job != null) {
            runGuarded(job);
          }
        }
      } finally {
        ended = true;
        refuseIfEnded();
        Sleeper waiting = closer;
        if (waiting != null) {
          waiting.wake();
        }
      }
    }

    private void runGuarded(Job job) {
      boolean _ = Thread.interrupted();
      try {
        job.run();
      } catch (Throwable e) {
        LOG.error("an I/O job failed; the thread goes on", e);
      } finally {
        underWay.decrementAndGet();
      }
    }

    void awaitEnd(Sleeper mine) {
      closer = mine;
      wake();
      while (!ended) {
        mine.sleep(1_000_000_000L);
      }
    }
  }
}
