package dev.waitok.examples.decisions;

import dev.waitok.kmalloc.AttemptObserver;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.PageCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Watches one caller's attempts: what each of them found, and the counts of pages right after the
 * first. Told of an attempt by the caller itself, before it acts on the outcome.
 */
final class Attempts implements AttemptObserver {
  private final Kmalloc kmalloc;
  private final String typeName;
  private final List<String> outcomes = new ArrayList<>();
  private final CountDownLatch waiting = new CountDownLatch(1);
  private @Nullable PageCounts afterFirst;
  private boolean firstPreempted;

  Attempts(Kmalloc kmalloc, String typeName) {
    this.kmalloc = kmalloc;
    this.typeName = typeName;
  }

  @Override
  public void attempt(String asked, boolean preempting, Outcome outcome) {
    if (!asked.equals(typeName)) {
      return;
    }
    synchronized (outcomes) {
      if (outcomes.isEmpty()) {
        afterFirst = kmalloc.pages();
        firstPreempted = preempting;
      }
      outcomes.add(word(outcome));
    }
    if (outcome == Outcome.WAIT) {
      waiting.countDown();
    }
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case FREE -> "FREE";
      case CACHE -> "CACHE";
      case BLOCK -> "block";
      case NULL -> "null";
      case WAIT -> "wait";
      case SWITCH -> "switch";
    };
  }

  /** Opens when the caller waits for the first time: only then pages are given back. */
  CountDownLatch waiting() {
    return waiting;
  }

  /** The first attempt's outcome. */
  String first() {
    synchronized (outcomes) {
      return outcomes.isEmpty() ? "nothing" : outcomes.getFirst();
    }
  }

  /** The second attempt's outcome, or empty. */
  String second() {
    synchronized (outcomes) {
      return outcomes.size() < 2 ? "" : outcomes.get(1);
    }
  }

  /** Whether the first attempt was made on top of somebody. */
  boolean firstPreempted() {
    synchronized (outcomes) {
      return firstPreempted;
    }
  }

  /** The counts right after the first attempt. */
  PageCounts afterFirst() {
    synchronized (outcomes) {
      PageCounts counts = afterFirst;
      if (counts == null) {
        throw new IllegalStateException("there was no attempt");
      }
      return counts;
    }
  }
}
