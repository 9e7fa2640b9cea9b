package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
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

  /** Runs a job on one of the threads, after those given before to the same one. */
  void submit(Runnable job) {
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
    private final MpscLinkedAtomicQueue<Runnable> jobs = new MpscLinkedAtomicQueue<>();
    private volatile @Nullable Sleeper sleeper;
    private volatile @Nullable Sleeper closer;
    private volatile boolean closed;
    private volatile boolean ended;

    Worker(Callers callers) {
      this.callers = callers;
    }

    void submit(Runnable job) {
      jobs.offer(job);
      wake();
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
        Runnable job = jobs.poll();
        if (job != null) {
          job.run();
        } else if (closed) {
          break;
        } else {
          mine.sleep(Long.MAX_VALUE);
        }
      }
      ended = true;
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
