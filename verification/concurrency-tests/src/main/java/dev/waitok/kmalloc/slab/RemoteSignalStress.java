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
 * A block is freed from elsewhere while the owner takes in what was freed before: it is taken in at
 * once, or the owner is told again.
 */
@JCStressTest
@Outcome(
    id = "0",
    expect = Expect.ACCEPTABLE,
    desc = "taken in, now or at the next look into the queue")
@Outcome(expect = Expect.FORBIDDEN, desc = "its bit is set and nobody will look")
@State
public class RemoteSignalStress {
  /** In the map's last word, so that the owner has looked at the first one before. */
  private static final int BEFORE = Zones.BLOCKS - 1;

  private final Zones zones = new Zones();

  public RemoteSignalStress() {
    zones.takeAll();
    zones.freeRemotely(BEFORE);
  }

  @Actor
  public void freer() {
    zones.freeRemotely(0);
  }

  @Actor
  public void owner() {
    zones.drain();
  }

  @Arbiter
  public void end(I_Result r) {
    zones.drain();
    r.r1 = zones.zone.freeCount == 2 ? 0 : 1;
  }

  /** The owner takes the signal back only after its look. */
  @JCStressTest
  @JCStressMeta(RemoteSignalStress.class)
  @State
  @Break(in = Zone.class, method = "drain", call = "setVolatile", now = Break.How.WEAKER)
  public static class Broken extends RemoteSignalStress {
    @Actor
    @Override
    public void freer() {
      super.freer();
    }

    @Actor
    @Override
    public void owner() {
      super.owner();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
