package dev.waitok.kmalloc.arena;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two threads add under the lock: neither addition is lost. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "one after the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "both were inside at a time")
@State
public class ShortLockStress {
  private final ShortLock lock = new ShortLock();
  private int sum;

  private void add() {
    lock.lock();
    sum++;
    lock.unlock();
  }

  @Actor
  public void one() {
    add();
  }

  @Actor
  public void other() {
    add();
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = sum;
  }

  /** Taken by a look and a store. */
  @JCStressTest
  @JCStressMeta(ShortLockStress.class)
  @State
  @Break(
      in = ShortLock.class,
      method = "tryLock",
      call = "compareAndSet",
      now = Break.How.NOT_ATOMIC)
  public static class Broken extends ShortLockStress {
    @Actor
    @Override
    public void one() {
      super.one();
    }

    @Actor
    @Override
    public void other() {
      super.other();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
