package dev.waitok.lwkt.sync;

import dev.waitok.lwkt.sched.Cpus;
import dev.waitok.lwkt.sched.Tcb;
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
 * A token comes free while a thread that found it taken asks to be told: it has the token, or its
 * cpu is told.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "taken, or told")
@Outcome(expect = Expect.FORBIDDEN, desc = "it waits for a token that is free")
@State
public class TokenStress {
  private final TokenCore token = new TokenCore("stress");
  private final Cpus cpus = new Cpus(2);
  private final Tcb asker = cpus.newThread(1);

  public TokenStress() {
    boolean unusedTaken = token.tryTake(cpus.newThread(0));
  }

  @Actor
  public void asker(I_Result r) {
    r.r1 = token.takeOrAsk(asker) ? 1 : 0;
  }

  @Actor
  public void holder() {
    token.free();
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 |= cpus.wasTold(1) ? 1 : 0;
  }

  /** It does not try again after it asked. */
  @JCStressTest
  @JCStressMeta(TokenStress.class)
  @State
  @Break(
      in = TokenCore.class,
      method = "takeOrAsk",
      call = "tryTake",
      place = 3,
      now = Break.How.LEFT_OUT)
  public static class Broken extends TokenStress {
    @Actor
    @Override
    public void asker(I_Result r) {
      super.asker(r);
    }

    @Actor
    @Override
    public void holder() {
      super.holder();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
