package dev.waitok.lwkt.sched;

import dev.waitok.stress.Break;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A message is sent to a cpu that goes to sleep: it does not sleep, or its sender wakes it. */
@JCStressTest
@Outcome(
    id = {"0, 1", "0, 0", "1, 1"},
    expect = Expect.ACCEPTABLE,
    desc = "awake, or woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "it sleeps over a message, and nobody wakes it")
@State
public class IdleWakeStress {
  private final Inbox inbox = new Inbox(false);

  @Actor
  public void cpu(II_Result r) {
    inbox.asleep(true);
    r.r1 = inbox.mustNotSleep() ? 0 : 1;
  }

  @Actor
  public void sender(II_Result r) {
    inbox.offer(new Note());
    r.r2 = inbox.notice() ? 1 : 0;
  }

  /** The sender's look may come before its note. */
  @JCStressTest
  @JCStressMeta(IdleWakeStress.class)
  @State
  @Break(in = Inbox.class, method = "notice", call = "setVolatile", now = Break.How.WEAKER)
  public static class Broken extends IdleWakeStress {
    @Actor
    @Override
    public void cpu(II_Result r) {
      super.cpu(r);
    }

    @Actor
    @Override
    public void sender(II_Result r) {
      super.sender(r);
    }
  }
}
