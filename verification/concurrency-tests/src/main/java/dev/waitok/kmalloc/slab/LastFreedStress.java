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
 * A second free from elsewhere of the block that the owner freed last, which the owner then hands
 * out: once that free is over, the block's new owner keeps it.
 */
@JCStressTest
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(
    id = {"1, 0, 0", "1, 0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "still under way when the block was handed out")
@Outcome(
    id = "1, 1, 1",
    expect = Expect.ACCEPTABLE,
    desc = "found when the block was handed out, or before")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "a free that was over before has freed what the new owner has")
@State
public class LastFreedStress {
  private final Zones zones = new Zones();
  private volatile boolean over;

  public LastFreedStress() {
    zones.takeAll();
  }

  @Actor
  public void owner(III_Result r) {
    if (zones.freeAsOwner(0)) {
      boolean seen = over;
      zones.take();
      r.r2 = seen ? 1 : 0;
    }
  }

  @Actor
  public void freer(III_Result r) {
    r.r1 = zones.freeIfLive(0) ? 1 : 0;
    over = true;
  }

  @Arbiter
  public void end(III_Result r) {
    zones.drain();
    r.r3 = zones.zone.isFree(0) ? 0 : 1;
  }

  /** The block freed last is handed out without a look at the signal. */
  @JCStressTest
  @JCStressMeta(LastFreedStress.class)
  @State
  @Break(in = Zone.class, method = "take", call = "signalled", now = Break.How.LEFT_OUT)
  public static class Broken extends LastFreedStress {
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
