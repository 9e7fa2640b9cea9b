package dev.waitok.kmalloc.vm;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A FREE page's memory is given back to the system while somebody takes a page who does not wait.
 * He gets it: for the length of a system call it is nobody's, but it is not in use.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "it had not gone yet, or was waited for")
@Outcome(expect = Expect.FORBIDDEN, desc = "nothing is said to be FREE while nothing is in use")
@State
public class AwayStress {
  private final Pages pages = new Pages();

  public AwayStress() {
    pages.queues.release(pages.queues.takeAnyFree(Pages.ALL), Pages.ALL);
  }

  @Actor
  public void taker(I_Result r) {
    r.r1 = pages.takeWithoutWait() ? 1 : 0;
  }

  @Actor
  public void trimmer() {
    long run = pages.queues.takeIdle(Pages.ALL, true, Pages.ALL);
    if (PageQueues.lengthOf(run) > 0) {
      pages.queues.returnIdle(PageQueues.firstOf(run), PageQueues.lengthOf(run));
    }
  }

  /** He does not see that a page is away. */
  @JCStressTest
  @JCStressMeta(AwayStress.class)
  @State
  @Break(in = PageQueues.class, method = "notFound", call = "away", now = Break.How.LEFT_OUT)
  public static class Broken extends AwayStress {
    @Actor
    @Override
    public void taker(I_Result r) {
      super.taker(r);
    }

    @Actor
    @Override
    public void trimmer() {
      super.trimmer();
    }
  }
}
