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
 * A block is freed by its owner, who has it ready and hands it out, and a second time from
 * elsewhere: one of the two is refused, or the second free is found before the block is handed out.
 * Once that free is over, the block's new user keeps it.
 */
@JCStressTest
@Outcome(
    id = {"0, 0, 1, 0", "0, 1, 1, 0"},
    expect = Expect.ACCEPTABLE,
    desc = "the one elsewhere is told")
@Outcome(id = "1, -1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the owner is told")
@Outcome(
    id = {"1, 0, 1, 1", "1, 1, 1, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "found before the block was handed out, and counted")
@Outcome(
    id = "1, 0, 0, 0",
    expect = Expect.ACCEPTABLE,
    desc = "still under way when the block was handed out")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "a free that was over before has freed what the new user has, or is not counted")
@State
public class ReadyBlockStress {
  final Zones zones = new Zones();
  private volatile boolean over;

  public ReadyBlockStress() {
    zones.takeAll();
    zones.open();
  }

  @Actor
  public void owner(IIII_Result r) {
    if (zones.freeAsOwner(0)) {
      for (int i = 0; i < 100 && !over; i++) {
        Thread.onSpinWait(); // so that the other free is mostly under way meanwhile, or over
      }
      boolean seen = over;
      zones.take();
      r.r2 = seen ? 1 : 0;
    } else {
      r.r2 = -1;
    }
  }

  @Actor
  public void freer(IIII_Result r) {
    r.r1 = zones.freeIfLive(0) ? 1 : 0;
    over = true;
  }

  @Arbiter
  public void end(IIII_Result r) {
    zones.drain();
    r.r3 = zones.zone.isFree(0) ? 0 : 1;
    r.r4 = (int) zones.owners.lateDoubleFrees();
  }

  /** The ready block is handed out without a look whether the owner was told. */
  @JCStressTest
  @JCStressMeta(ReadyBlockStress.class)
  @State
  @Break(in = ZoneOwner.class, method = "take", call = "told", place = 2, now = Break.How.LEFT_OUT)
  public static class Broken extends ReadyBlockStress {
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
