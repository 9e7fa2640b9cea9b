package dev.waitok.examples.storm;

import dev.waitok.examples.replay.Pace;
import dev.waitok.examples.replay.ReplayPass;
import dev.waitok.examples.replay.Waiting;
import dev.waitok.examples.trace.Trace;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Lwkt;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ordinary threads that replay a trace, again and again until the storm is over. They poll before
 * every event, which lets interrupts preempt them, and give way to their equals now and then. What
 * a round leaves is freed block by block while the next one allocates, so that memory is as short
 * between two rounds as within one.
 */
final class Load {
  /** Events between two times a thread gives way to others of its priority. */
  private static final int EVENTS_A_TURN = 8;

  /** As many tries as make a thread sleep between two looks for the next round. */
  private static final int WAIT_FOR_ROUND = 1000;

  private final Trace trace;
  private final Kmalloc kmalloc;
  private final MallocType type;
  private final Tally tally;
  private final @Nullable Load before;
  private volatile Round round;
  private final AtomicInteger rounds = new AtomicInteger();

  /** A load that begins when another one, if given, is in the middle of its first round. */
  Load(Trace trace, Kmalloc kmalloc, MallocType type, Tally tally, @Nullable Load before) {
    this.trace = trace;
    this.kmalloc = kmalloc;
    this.type = type;
    this.tally = tally;
    this.before = before;
    this.round = new Round(null);
  }

  /** How many threads it takes. */
  int threads() {
    return trace.threads();
  }

  /** The body of one of the trace's threads. */
  void run(int thread) {
    while (before != null && !before.isHalfway() && !tally.stopped()) {
      Waiting.pause(this, WAIT_FOR_ROUND);
    }
    while (!tally.stopped()) {
      Round mine = round;
      mine.pass.replayThread(thread);
      if (mine.running.decrementAndGet() == 0) {
        end(mine);
      }
      while (round == mine && !tally.stopped()) {
        Waiting.pause(this, WAIT_FOR_ROUND);
      }
    }
  }

  /** Frees what the last round left, when no thread of the load runs any more. */
  void finish() {
    Round last = round;
    if (last.running.get() > 0) {
      end(last);
    }
    round.freeAllBefore();
  }

  private boolean isHalfway() {
    return rounds.get() > 0 || round.pass.done() >= trace.events() / 2;
  }

  /** How many rounds are complete. */
  int rounds() {
    return rounds.get();
  }

  /** Called by the last thread of a round. */
  private void end(Round ended) {
    ended.freeAllBefore();
    rounds.incrementAndGet();
    round = new Round(ended.pass);
  }

  private void tell(ReplayPass pass) {
    tally.corrupt(pass.corruption());
    @Nullable Throwable failure = pass.failure();
    if (failure != null) {
      tally.failed(failure);
    }
  }

  private final class Round implements Pace {
    final ReplayPass pass = new ReplayPass(trace, kmalloc, type, this, true);
    final AtomicInteger running = new AtomicInteger(trace.threads());
    private final int[] events = new int[trace.threads()];

    /** The round before, of which blocks may be left; and how many of its ids were looked at. */
    private final @Nullable ReplayPass previous;

    private final AtomicInteger looked = new AtomicInteger();

    Round(@Nullable ReplayPass previous) {
      this.previous = previous;
    }

    /** Frees the next block that the round before has left, if the next id is one. */
    void freeOneBefore() {
      if (previous != null && looked.get() < trace.ids()) {
        int id = looked.getAndIncrement();
        if (id < trace.ids()) {
          previous.freeLeft(id);
        }
      }
    }

    /** Frees all that the round before has left, and has its end told. */
    void freeAllBefore() {
      if (previous != null) {
        while (looked.get() < trace.ids()) {
          freeOneBefore();
        }
        tell(previous);
      }
    }

    @Override
    public boolean mayContinue(int thread) {
      freeOneBefore();
      if (++events[thread] % EVENTS_A_TURN == 0) {
        Lwkt.yield();
      } else {
        Lwkt.poll();
      }
      return !tally.stopped();
    }

    @Override
    public void pause(int tries) {
      Waiting.pause(this, tries);
    }
  }
}
