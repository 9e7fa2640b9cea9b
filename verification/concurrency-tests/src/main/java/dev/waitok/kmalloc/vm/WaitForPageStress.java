package dev.waitok.kmalloc.vm;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A page is freed while a thread that needs it finds none and goes to sleep: it gets the page. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "found at a look, or granted in line")
@Outcome(expect = Expect.FORBIDDEN, desc = "it sleeps while the page is FREE")
@State
public class WaitForPageStress {
  private final Pages pages = new Pages();
  private final int page = pages.queues.takeAnyFree(Pages.ALL);

  @Actor
  public void waiter(I_Result r) {
    r.r1 = pages.waitForPage() ? 1 : 0;
  }

  @Actor
  public void freer() {
    pages.queues.release(page, 1);
    pages.caller.done();
  }

  /** It does not look again after it stood in line. */
  @JCStressTest
  @JCStressMeta(WaitForPageStress.class)
  @State
  @Break(
      in = PageSupply.class,
      method = "obtain",
      call = "attempt",
      now = Break.How.LEFT_OUT_SECOND)
  public static class Broken extends WaitForPageStress {
    @Actor
    @Override
    public void waiter(I_Result r) {
      super.waiter(r);
    }

    @Actor
    @Override
    public void freer() {
      super.freer();
    }
  }
}
