package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A block that is out, which its owner takes back without a look at its zone, is freed from
 * elsewhere too; a third has freed another block of the zone and stopped before he told the owner.
 * Once the free from elsewhere is over, the owner's is refused, though nobody has queued the zone.
 */
@JCStressTest
@Outcome(
    id = {"1, 0, 0, 1", "1, 1, 0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "the one elsewhere is told")
@Outcome(
    id = {"0, 0, 1, 1", "0, 1, 1, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "the owner is told")
@Outcome(id = "1, 0, 1, 1", expect = Expect.ACCEPTABLE, desc = "both at once: counted at the drain")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "a second free was believed after the first, nobody's was, or the block is not free")
@State
public class LoanStress {
  private final Zones zones = new Zones();
  private volatile boolean over;

  public LoanStress() {
    zones.takeAll();
    zones.open();
    zones.lend(0);
    zones.freeWithoutTelling(1);
  }

  @Actor
  public void owner(IIII_Result r) {
    zones.drain(); // of nothing that is queued yet; it must not undo what shuts the short path
    for (int i = 0; i < 100 && !over; i++) {
      Thread.onSpinWait(); // so that the other free is mostly over
    }
    r.r2 = over ? 1 : 0;
    r.r1 = zones.freeAsOwner(0) ? 1 : 0;
  }

  @Actor
  public void freer(IIII_Result r) {
    r.r3 = zones.freeIfLive(0) ? 1 : 0;
    over = true;
  }

  @Arbiter
  public void end(IIII_Result r) {
    zones.tell();
    zones.drain();
    r.r4 = zones.zone.isFree(0) || zones.isReady(0) ? 1 : 0;
  }

  /** The block is taken back without a look whether something was freed elsewhere. */
  @JCStressTest
  @JCStressMeta(LoanStress.class)
  @State
  @Break(in = ZoneOwner.class, method = "freeOwn", call = "told", now = Break.How.LEFT_OUT)
  public static class Broken extends LoanStress {
    @Actor
    @Override
    public void owner(IIII_Result r) {
      super.owner(r);
    }

    @Actor
    @Override
    public void freer(IIII_Result r) {
      super.freer(r);
    }

    @Arbiter
    @Override
    public void end(IIII_Result r) {
      super.end(r);
    }
  }
}
