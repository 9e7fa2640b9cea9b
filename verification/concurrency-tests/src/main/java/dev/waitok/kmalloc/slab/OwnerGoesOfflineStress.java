package dev.waitok.kmalloc.slab;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A block is freed from elsewhere while its owner goes offline and hands its zones over: it comes
 * in with the heir.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "the heir has it")
@Outcome(expect = Expect.FORBIDDEN, desc = "it is queued where nobody looks any more")
@State
public class OwnerGoesOfflineStress {
  private final Zones zones = Zones.ofCpu();

  public OwnerGoesOfflineStress() {
    zones.takeAll();
  }

  @Actor
  public void freer() {
    ZoneOwner owner = zones.zone.owner;
    zones.zone.putRemote(0);
    if (zones.zone.signal()) {
      owner.tell(zones.zone);
      zones.owners.afterTell(owner);
    }
  }

  @Actor
  public void scheduler() {
    zones.owners.detach();
  }

  @Arbiter
  public void end(I_Result r) {
    zones.owners.callInStripes();
    r.r1 = zones.zone.freeCount == 1 ? 0 : 1;
  }

  /** Who has queued the zone does not look for an heir. */
  @JCStressTest
  @JCStressMeta(OwnerGoesOfflineStress.class)
  @State
  @Break(in = Owners.class, method = "afterTell", call = "heir", now = Break.How.LEFT_OUT)
  public static class Broken extends OwnerGoesOfflineStress {
    @Actor
    @Override
    public void freer() {
      super.freer();
    }

    @Actor
    @Override
    public void scheduler() {
      super.scheduler();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
