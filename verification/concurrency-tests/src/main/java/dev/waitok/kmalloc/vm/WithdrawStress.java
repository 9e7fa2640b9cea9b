package dev.waitok.kmalloc.vm;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The first in line withdraws while a page is freed: the page is the second one's. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "granted to the second one")
@Outcome(expect = Expect.FORBIDDEN, desc = "kept for one who is gone")
@State
public class WithdrawStress {
  private final Pages pages = new Pages();
  private final int page = pages.queues.takeAnyFree(Pages.ALL);
  private final Ask first = pages.ask();
  private final Ask second = pages.ask();

  @Actor
  public void withdraws() {
    pages.queues.leave(first);
  }

  @Actor
  public void freer() {
    pages.queues.release(page, 1);
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = second.granted == page && second.isWoken() ? 1 : 0;
  }

  /** What was granted to who leaves goes to nobody. */
  @JCStressTest
  @JCStressMeta(WithdrawStress.class)
  @State
  @Break(in = PageQueues.class, method = "leave", call = "progressed", now = Break.How.LEFT_OUT)
  public static class Broken extends WithdrawStress {
    @Actor
    @Override
    public void withdraws() {
      super.withdraws();
    }

    @Actor
    @Override
    public void freer() {
      super.freer();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
