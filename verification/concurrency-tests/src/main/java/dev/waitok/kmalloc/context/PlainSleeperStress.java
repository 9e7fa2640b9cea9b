package dev.waitok.kmalloc.context;

import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import dev.waitok.stress.Break;
import dev.waitok.stress.Patience;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A plain thread is woken while it goes to sleep: it wakes up. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "it sleeps though it was woken")
@State
public class PlainSleeperStress {
  private final Patience patience = new Patience();
  private volatile @Nullable Sleeper sleeper;

  @Actor
  public void sleeper(I_Result r) {
    Sleeper mine = new PlainContext().caller().newSleeper();
    sleeper = mine;
    r.r1 = patience.outlasts(() -> mine.sleep(Patience.NANOS)) ? 1 : 0;
  }

  @Actor
  @SuppressWarnings("ThreadPriorityCheck") // the other one may need the processor
  public void waker() {
    Sleeper found;
    while ((found = sleeper) == null) {
      Thread.yield();
    }
    found.wake();
    patience.done();
  }

  /** Who wakes it only notes that it did. */
  @JCStressTest
  @JCStressMeta(PlainSleeperStress.class)
  @State
  @Break(
      in = PlainContext.class,
      nested = "ParkingSleeper",
      method = "wake",
      call = "unpark",
      now = Break.How.LEFT_OUT)
  public static class Broken extends PlainSleeperStress {
    @Actor
    @Override
    public void sleeper(I_Result r) {
      super.sleeper(r);
    }

    @Actor
    @Override
    public void waker() {
      super.waker();
    }
  }
}
