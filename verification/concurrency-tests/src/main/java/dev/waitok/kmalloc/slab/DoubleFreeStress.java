package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two free the same block from elsewhere: one of them is refused. */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "the second one is told")
@Outcome(expect = Expect.FORBIDDEN, desc = "both are believed, or none")
@State
public class DoubleFreeStress {
  private final Zones zones = new Zones();

  public DoubleFreeStress() {
    zones.takeAll();
  }

  @Actor
  public void one(II_Result r) {
    r.r1 = zones.zone.putRemote(0) ? 1 : 0;
  }

  @Actor
  public void other(II_Result r) {
    r.r2 = zones.zone.putRemote(0) ? 1 : 0;
  }

  /** The bit is set by a look and a store. */
  @JCStressTest
  @JCStressMeta(DoubleFreeStress.class)
  @State
  @Break(
      in = Zone.class,
      method = "putRemote",
      call = "getAndBitwiseOr",
      now = Break.How.NOT_ATOMIC)
  public static class Broken extends DoubleFreeStress {
    @Actor
    @Override
    public void one(II_Result r) {
      super.one(r);
    }

    @Actor
    @Override
    public void other(II_Result r) {
      super.other(r);
    }
  }
}
