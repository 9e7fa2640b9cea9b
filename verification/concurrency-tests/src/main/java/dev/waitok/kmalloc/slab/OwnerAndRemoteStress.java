package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The owner and somebody elsewhere free the same block: one is refused, or the second free is found
 * when the owner takes it in, counted, and frees nothing.
 */
@JCStressTest
@Outcome(
    id = {"1, 0, 0", "0, 1, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "the second one is told")
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "a second free that raced: found late")
@Outcome(expect = Expect.FORBIDDEN, desc = "not found, or the block is free twice")
@State
public class OwnerAndRemoteStress {
  private final Zones zones = new Zones();

  public OwnerAndRemoteStress() {
    zones.takeAll();
  }

  @Actor
  public void owner(III_Result r) {
    r.r1 = zones.freeAsOwner(0) ? 1 : 0;
  }

  @Actor
  public void freer(III_Result r) {
    r.r2 = zones.freeIfLive(0) ? 1 : 0;
  }

  @Arbiter
  public void end(III_Result r) {
    zones.drain();
    r.r3 = zones.zone.freeCount == 1 ? (int) zones.owners.lateDoubleFrees() : -1;
  }

  /** What is taken in is not held against the mark. */
  @JCStressTest
  @JCStressMeta(OwnerAndRemoteStress.class)
  @State
  @Break(in = Zone.class, method = "drain", call = "lateDoubleFree", now = Break.How.LEFT_OUT)
  public static class Broken extends OwnerAndRemoteStress {
    @Actor
    @Override
    public void owner(III_Result r) {
      super.owner(r);
    }

    @Actor
    @Override
    public void freer(III_Result r) {
      super.freer(r);
    }

    @Arbiter
    @Override
    public void end(III_Result r) {
      super.end(r);
    }
  }
}
