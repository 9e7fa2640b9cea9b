package dev.waitok.lwkt.sched;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A message is sent while the cpu closes: its sender is told whether it is delivered. */
@JCStressTest
@Outcome(
    id = {"0, 0", "1, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "as its sender was told")
@Outcome(expect = Expect.FORBIDDEN, desc = "accepted and dropped, or refused and delivered")
@State
public class InboxCloseStress {
  private final Inbox inbox = new Inbox(false);
  private final Note note = new Note();

  @Actor
  public void sender(II_Result r) {
    boolean offered = inbox.offer(note);
    if (offered) {
      inbox.notice();
    }
    r.r1 = offered && inbox.willDeliver(note) ? 1 : 0;
  }

  @Actor
  public void cpu() {
    inbox.close();
    Message message = inbox.next();
    if (message instanceof Note sent) {
      sent.take();
    }
  }

  @Arbiter
  public void end(II_Result r) {
    r.r2 = note.delivered ? 1 : 0;
  }

  /** The sender does not look again after its offer. */
  @JCStressTest
  @JCStressMeta(InboxCloseStress.class)
  @State
  @Break(in = Inbox.class, method = "willDeliver", call = "closed", now = Break.How.LEFT_OUT)
  public static class Broken extends InboxCloseStress {
    @Actor
    @Override
    public void sender(II_Result r) {
      super.sender(r);
    }

    @Actor
    @Override
    public void cpu() {
      super.cpu();
    }

    @Arbiter
    @Override
    public void end(II_Result r) {
      super.end(r);
    }
  }
}
