package dev.waitok.lwkt.sync;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two threads add under a spin lock: neither addition is lost. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "one after the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "both were inside at a time")
@State
public class SpinStress {
  private final SpinCore lock = new SpinCore("stress");
  private int sum;

  private void add() {
    lock.lock();
    sum++;
    try {
      lock.unlock();
    } catch (IllegalStateException e) {
      sum = -2; // a broken lock may be the other one's by now, and says so
    }
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
  @JCStressMeta(SpinStress.class)
  @State
  @Break(in = SpinCore.class, method = "lock", call = "compareAndSet", now = Break.How.NOT_ATOMIC)
  public static class Broken extends SpinStress {
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
