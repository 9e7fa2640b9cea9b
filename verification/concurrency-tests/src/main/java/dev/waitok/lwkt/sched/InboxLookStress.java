package dev.waitok.lwkt.sched;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A message is sent while the cpu looks into its inbox: it is found, or another look is due. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "delivered, or about to be")
@Outcome(expect = Expect.FORBIDDEN, desc = "it lies there and no look is due")
@State
public class InboxLookStress {
  private final Inbox inbox = new Inbox(false);
  private boolean found;

  public InboxLookStress() {
    inbox.notice();
  }

  @Actor
  public void cpu() {
    if (inbox.needsLook()) {
      inbox.beginLook();
      found = inbox.next() != null;
    }
  }

  @Actor
  public void sender() {
    inbox.offer(new Note());
    inbox.notice();
  }

  @Arbiter
  public void end(I_Result r) {
    r.r1 = found || inbox.needsLook() ? 0 : 1;
  }

  /** The look may come before the note that it began. */
  @JCStressTest
  @JCStressMeta(InboxLookStress.class)
  @State
  @Break(in = Inbox.class, method = "beginLook", call = "setVolatile", now = Break.How.WEAKER)
  public static class Broken extends InboxLookStress {
    @Actor
    @Override
    public void cpu() {
      super.cpu();
    }

    @Actor
    @Override
    public void sender() {
      super.sender();
    }

    @Arbiter
    @Override
    public void end(I_Result r) {
      super.end(r);
    }
  }
}
