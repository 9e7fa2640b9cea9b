package dev.waitok.lwkt.sched;

import dev.waitok.stress.NotAtomic;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An interrupt is raised again while the run for an earlier raise begins: that run sees what the
 * raiser did, or another one follows.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "the run sees it")
@Outcome(
    id = {"0, 1", "1, 1", "-1, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "another run follows")
@Outcome(expect = Expect.FORBIDDEN, desc = "no run sees it")
@State
public class RaiseStress {
  final ThreadSource source = new Cpus(1).newInterrupt();
  int work;

  public RaiseStress() {
    source.raise();
  }

  @Actor
  public void raiser() {
    work = 1;
    source.raise();
  }

  @Actor
  public void runner(II_Result r) {
    r.r1 = source.takeRaise() ? work : -1;
  }

  @Arbiter
  public void end(II_Result r) {
    r.r2 = source.state() == 0 ? 0 : 1;
  }

  /**
   * The raiser looks for an earlier raise before he has done his work, as without its fence he
   * might.
   */
  @JCStressTest
  @JCStressMeta(RaiseStress.class)
  @State
  public static class Broken extends RaiseStress {
    @Actor
    @Override
    public void raiser() {
      boolean covered = source.state() != 0;
      NotAtomic.meanwhile();
      work = 1;
      if (!covered) {
        source.raise();
      }
    }

    @Actor
    @Override
    public void runner(II_Result r) {
      super.runner(r);
    }

    @Arbiter
    @Override
    public void end(II_Result r) {
      super.end(r);
    }
  }
}
