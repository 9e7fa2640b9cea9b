package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two free the same run of pages: one of them is refused. */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "the second one is told")
@Outcome(expect = Expect.FORBIDDEN, desc = "both are believed, or none")
@State
public class RunFreeStress {
  private final LargeRuns runs = new LargeRuns(4);

  public RunFreeStress() {
    runs.put(1, 2, Zones.TYPE);
  }

  @Actor
  public void one(II_Result r) {
    r.r1 = runs.claim(1, 2, Zones.TYPE) ? 1 : 0;
  }

  @Actor
  public void other(II_Result r) {
    r.r2 = runs.claim(1, 2, Zones.TYPE) ? 1 : 0;
  }

  /** The claim is a look and a store. */
  @JCStressTest
  @JCStressMeta(RunFreeStress.class)
  @State
  @Break(in = LargeRuns.class, method = "claim", call = "compareAndSet", now = Break.How.NOT_ATOMIC)
  public static class Broken extends RunFreeStress {
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
