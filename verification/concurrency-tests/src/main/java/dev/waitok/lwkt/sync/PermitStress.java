package dev.waitok.lwkt.sync;

import dev.waitok.stress.Break;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A permit is given while a thread that has none goes to sleep: it wakes up. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "it sleeps over the permit")
@State
public class PermitStress {
  private static final long MOMENT = 5_000_000;

  private volatile @Nullable Permit permit;
  private volatile boolean given;

  @Actor
  public void sleeper(I_Result r) {
    Permit mine = Permit.forCaller();
    permit = mine;
    boolean givenBefore;
    Permit.Outcome outcome;
    do {
      givenBefore = given;
      outcome = mine.await(MOMENT, false, "a permit");
    } while (outcome != Permit.Outcome.WOKEN && !givenBefore);
    r.r1 = outcome == Permit.Outcome.WOKEN ? 1 : 0;
  }

  @Actor
  @SuppressWarnings("ThreadPriorityCheck") // the other one may need the processor
  public void giver() {
    Permit found;
    while ((found = permit) == null) {
      Thread.yield();
    }
    found.give();
    given = true;
  }

  /** Taken by a look and a store. */
  @JCStressTest
  @JCStressMeta(PermitStress.class)
  @State
  @Break(in = Permit.class, method = "take", call = "getAndSet", now = Break.How.NOT_ATOMIC)
  public static class Broken extends PermitStress {
    @Actor
    @Override
    public void sleeper(I_Result r) {
      super.sleeper(r);
    }

    @Actor
    @Override
    public void giver() {
      super.giver();
    }
  }
}
