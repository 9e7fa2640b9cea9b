package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.Tcb;

/** A thread takes and releases tokens. */
public final class Tokens {
  /**
   * How often the taker looks again before it switches: a microsecond or two, which is longer than
   * most owners keep one.
   */
  private static final int SPINS = 50;

  private static final boolean SEVERAL_CORES = Runtime.getRuntime().availableProcessors() > 1;

  private Tokens() {}

  /**
   * Takes a token, waiting for it off the cpu if need be; a preemptor switches away first. Whatever
   * the caller held may have been given up meanwhile, and is held again.
   *
   * @throws IllegalStateException if the thread holds 32 already
   */
  public static void acquire(Tcb self, TokenCore token) {
    CpuScheduler cpu = self.cpu();
    cpu.giveBack(self);
    TokenStack stack = TokenStack.of(self);
    checkRoom(self, stack, token);
    self.enterHard();
    boolean had = token.owner() == self || token.tryTake(self) || spin(self, token);
    stack.push(token);
    self.leaveHard();
    if (!had) {
      wait(cpu, self, stack, token);
    }
  }

  private static void wait(CpuScheduler cpu, Tcb self, TokenStack stack, TokenCore token) {
    self.enterHard();
    self.waitsFor(token.name());
    try {
      cpu.awaitTokens(self);
    } catch (Throwable e) {
      if (stack.pop()) {
        token.free();
      }
      throw e;
    } finally {
      self.waitsFor(null);
      self.leaveHard();
    }
  }

  /**
   * Takes a token if it is free.
   *
   * @return false if another thread has it
   */
  public static boolean tryAcquire(Tcb self, TokenCore token) {
    self.cpu().refuseToBlock(self);
    TokenStack stack = TokenStack.of(self);
    checkRoom(self, stack, token);
    self.enterHard();
    boolean had = token.owner() == self || token.tryTake(self);
    if (had) {
      stack.push(token);
    }
    self.leaveHard();
    return had;
  }

  /**
   * Releases the token that the caller took last.
   *
   * @throws IllegalStateException if it is another one
   */
  public static void release(Tcb self, TokenCore token) {
    TokenStack stack = TokenStack.of(self);
    TokenCore top = stack.top();
    if (top != token) {
      throw new IllegalStateException(
          self.name()
              + " releases token "
              + token.name()
              + " out of order: it took "
              + (top == null ? "none" : top.name())
              + " last");
    }
    self.enterHard();
    if (stack.pop()) {
      token.free();
    }
    self.leaveHard();
  }

  private static boolean spin(Tcb self, TokenCore token) {
    if (SEVERAL_CORES) {
      for (int i = 0; i < SPINS; i++) {
        Tcb owner = token.owner();
        if (owner == null && token.tryTake(self)) {
          return true;
        }
        if (owner != null && owner.cpu() == self.cpu()) {
          return false; // it cannot let go while we run
        }
        Thread.onSpinWait();
      }
    }
    return false;
  }

  /** The tokens of a thread, and who has those that it lacks, for people; empty if it has none. */
  public static String describe(Tcb thread) {
    return thread.holdings() instanceof TokenStack stack && stack.size() > 0
        ? ", " + stack.describe()
        : "";
  }

  private static void checkRoom(Tcb self, TokenStack stack, TokenCore token) {
    if (stack.size() == TokenStack.LIMIT) {
      throw new IllegalStateException(
          self.name()
              + " holds "
              + TokenStack.LIMIT
              + " tokens already and cannot take "
              + token.name());
    }
  }
}
