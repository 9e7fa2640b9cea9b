package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIJ_Result;

/**
 * Two cpus draw from one type in a group: its limit is used up by one block, and one is refused.
 */
@JCStressTest
@Outcome(
    id = {"1, 0, 1024", "0, 1, 1024"},
    expect = Expect.ACCEPTABLE,
    desc = "one has it all")
@Outcome(expect = Expect.FORBIDDEN, desc = "the limit is exceeded, or credit is lost")
@State
public class GroupLimitStress {
  private static final int BYTES = 1024;

  private final Owners owners = new Zones().owners;
  private final TypeLedger ledger =
      new TypeLedger(
          owners, "stress", Zones.TYPE, new Budget(new Budget(null, 4 * BYTES), BYTES), 2);

  @Actor
  public void one(IIJ_Result r) {
    r.r1 = ledger.charge(0, BYTES) ? 1 : 0;
  }

  @Actor
  public void other(IIJ_Result r) {
    r.r2 = ledger.charge(1, BYTES) ? 1 : 0;
  }

  @Arbiter
  public void end(IIJ_Result r) {
    r.r3 = ledger.bytes();
  }

  /** Without the lock of the type's node. */
  @JCStressTest
  @JCStressMeta(GroupLimitStress.class)
  @State
  @Break(in = Budget.class, method = "drawFrom", call = "lock", place = 2, now = Break.How.LEFT_OUT)
  public static class Broken extends GroupLimitStress {
    @Actor
    @Override
    public void one(IIJ_Result r) {
      super.one(r);
    }

    @Actor
    @Override
    public void other(IIJ_Result r) {
      super.other(r);
    }

    @Arbiter
    @Override
    public void end(IIJ_Result r) {
      super.end(r);
    }
  }
}
