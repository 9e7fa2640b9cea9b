package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.vm.Ask;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A block is freed from elsewhere while somebody begins to wait for one: the free sees the waiter,
 * or the waiter's call sees the free.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "taken in, and the waiter is told")
@Outcome(expect = Expect.FORBIDDEN, desc = "somebody sleeps while a block lies in the map")
@State
public class FreeAndWaitStress {
  final Zones zones = new Zones();
  final Ask ask = new Ask(zones.queues, Zones.CLASS, ZoneOwner.STRIPES);

  public FreeAndWaitStress() {
    zones.takeAll();
  }

  @Actor
  public void freer() {
    zones.freeRemotely(0);
    if (zones.owners.anyWaiting()) {
      zones.owners.nudge(zones.owner);
    }
  }

  @Actor
  public void waiter() {
    ask.standInLine();
    boolean unusedPages = zones.owners.callInStripes();
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = ask.isWoken() ? 0 : 1;
  }

  /** Who begins to wait calls in before he stands in line. */
  @JCStressTest
  @JCStressMeta(FreeAndWaitStress.class)
  @State
  public static class Broken extends FreeAndWaitStress {
    @Actor
    @Override
    public void freer() {
      super.freer();
    }

    @Actor
    @Override
    public void waiter() {
      boolean unusedPages = zones.owners.callInStripes();
      ask.standInLine();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
