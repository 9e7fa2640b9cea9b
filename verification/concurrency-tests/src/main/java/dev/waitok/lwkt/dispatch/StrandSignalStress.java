package dev.waitok.lwkt.dispatch;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread can go on just as its carrier sees that it stopped: the carrier is told so, or the cpu
 * is, and not both.
 */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "told once")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, or told twice")
@State
public class StrandSignalStress {
  private final DirectSeats seats = new DirectSeats();

  @Actor
  public void jdk() {
    seats.submit();
  }

  @Actor
  public void carrier(II_Result r) {
    r.r1 = seats.strand.waitForSignal() ? 1 : 0;
  }

  @Arbiter
  public void end(II_Result r) {
    r.r2 = seats.timesReady;
  }

  /** The carrier notes the stop by a look and a store. */
  @JCStressTest
  @JCStressMeta(StrandSignalStress.class)
  @State
  @Break(
      in = DirectStrand.class,
      method = "waitForSignal",
      call = "compareAndSet",
      now = Break.How.NOT_ATOMIC)
  public static class Broken extends StrandSignalStress {
    @Actor
    @Override
    public void jdk() {
      super.jdk();
    }

    @Actor
    @Override
    public void carrier(II_Result r) {
      super.carrier(r);
    }

    @Arbiter
    @Override
    public void end(II_Result r) {
      super.end(r);
    }
  }
}
