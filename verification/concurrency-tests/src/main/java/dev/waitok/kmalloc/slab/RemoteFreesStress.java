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
 * Two free neighbouring blocks from elsewhere: both come in, and one of the two tells the owner.
 */
@JCStressTest
@Outcome(
    id = {"2, 1, 0", "2, 0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "both blocks, told once")
@Outcome(expect = Expect.FORBIDDEN, desc = "a block is lost, or the zone is queued twice or never")
@State
public class RemoteFreesStress {
  private final Zones zones = new Zones();

  public RemoteFreesStress() {
    zones.takeAll();
  }

  @Actor
  public void one(III_Result r) {
    zones.zone.putRemote(0);
    r.r2 = zones.zone.signal() ? 1 : 0;
  }

  @Actor
  public void other(III_Result r) {
    zones.zone.putRemote(1);
    r.r3 = zones.zone.signal() ? 1 : 0;
  }

  @Arbiter
  public void end(III_Result r) {
    r.r1 = zones.zone.drain();
  }

  /** The bit is set by a look and a store. */
  @JCStressTest
  @JCStressMeta(RemoteFreesStress.class)
  @State
  @Break(
      in = Zone.class,
      method = "putRemote",
      call = "getAndBitwiseOr",
      now = Break.How.NOT_ATOMIC)
  public static class BrokenMap extends RemoteFreesStress {
    @Actor
    @Override
    public void one(III_Result r) {
      super.one(r);
    }

    @Actor
    @Override
    public void other(III_Result r) {
      super.other(r);
    }

    @Arbiter
    @Override
    public void end(III_Result r) {
      super.end(r);
    }
  }

  /** The signal is set by a look and a store. */
  @JCStressTest
  @JCStressMeta(RemoteFreesStress.class)
  @State
  @Break(in = Zone.class, method = "signal", call = "compareAndSet", now = Break.How.NOT_ATOMIC)
  public static class BrokenSignal extends RemoteFreesStress {
    @Actor
    @Override
    public void one(III_Result r) {
      super.one(r);
    }

    @Actor
    @Override
    public void other(III_Result r) {
      super.other(r);
    }

    @Arbiter
    @Override
    public void end(III_Result r) {
      super.end(r);
    }
  }
}
