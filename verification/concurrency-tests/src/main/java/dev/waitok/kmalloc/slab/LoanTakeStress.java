package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/** As {@link ReadyBlockStress}, of a block that was on loan: it comes back and goes out again. */
@JCStressTest
@JCStressMeta(ReadyBlockStress.class)
@State
public class LoanTakeStress extends ReadyBlockStress {
  public LoanTakeStress() {
    zones.lend(0);
  }

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

  /** The loan is handed out without a look whether the owner was told. */
  @JCStressTest
  @JCStressMeta(ReadyBlockStress.class)
  @State
  @Break(in = ZoneOwner.class, method = "take", call = "told", now = Break.How.LEFT_OUT)
  public static class Broken extends LoanTakeStress {
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
