package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.sched.Holdings;
import dev.waitok.lwkt.sched.Tcb;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one thread in the order in which it took them. Touched on the thread's cpu only: by
 * the thread while it runs, and by the scheduler while it does not.
 */
final class TokenStack implements Holdings {
  /** As in the kernel: nobody needs more, and a leak is found. */
  static final int LIMIT = 32;

  /** After so many misses in a row a thread takes its tokens in the order of their ids. */
  private static final int PATIENCE = 10;

  private final Tcb thread;
  private final @Nullable TokenCore[] tokens = new @Nullable TokenCore[LIMIT];
  private @Nullable TokenCore[] ordered = new @Nullable TokenCore[0];
  private int count;
  private int misses;
  private boolean dropped;

  private TokenStack(Tcb thread) {
    this.thread = thread;
  }

  static TokenStack of(Tcb thread) {
    if (thread.holdings() instanceof TokenStack stack) {
      return stack;
    }
    return new TokenStack(thread);
  }

  int size() {
    return count;
  }

  @Nullable TokenCore top() {
    return count == 0 ? null : tokens[count - 1];
  }

  /** Adds one on top, taken or still to be taken by {@link #take}. */
  void push(TokenCore token) {
    tokens[count++] = token;
    thread.holdings(this, count);
  }

  /** Removes the top one; says whether it was the last reference to that token. */
  boolean pop() {
    TokenCore token = tokens[--count];
    tokens[count] = null;
    thread.holdings(this, count);
    for (int i = 0; i < count; i++) {
      if (tokens[i] == token) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void drop() {
    for (int i = count - 1; i >= 0; i--) {
      TokenCore token = tokens[i];
      if (token != null && token.owner() == thread) {
        token.free();
      }
    }
    dropped = true;
  }

  @Override
  public void abandon() {
    drop();
    Arrays.fill(tokens, 0, count, null);
    count = 0;
    dropped = false;
    thread.holdings(this, 0);
  }

  @Override
  public boolean take() {
    if (!dropped) {
      return true;
    }
    @Nullable TokenCore[] order = tokens;
    if (misses > PATIENCE) {
      order = byId();
    }
    for (int i = 0; i < count; i++) {
      TokenCore token = order[i];
      if (token != null && token.owner() != thread && !token.takeOrAsk(thread)) {
        misses++;
        for (int j = i - 1; j >= 0; j--) {
          TokenCore had = order[j];
          if (had != null && had.owner() == thread) {
            had.free();
          }
        }
        return false;
      }
    }
    misses = 0;
    dropped = false;
    return true;
  }

  String describe() {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < count; i++) {
      TokenCore token = tokens[i];
      if (token != null) {
        Tcb owner = token.owner();
        words
            .append(i == 0 ? "" : ", ")
            .append(owner == thread ? "holds " : "wants ")
            .append(token.name());
        if (owner != thread) {
          words.append(owner == null ? ", which is free" : ", which " + owner.name() + " holds");
        }
      }
    }
    return words.toString();
  }

  private @Nullable TokenCore[] byId() {
    if (ordered.length < count) {
      ordered = new @Nullable TokenCore[LIMIT];
    }
    System.arraycopy(tokens, 0, ordered, 0, count);
    Arrays.sort(
        ordered, 0, count, (a, b) -> a == null || b == null ? 0 : Long.compare(a.id(), b.id()));
    return ordered;
  }
}
