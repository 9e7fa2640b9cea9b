package dev.waitok.kmalloc.vm;

import dev.waitok.stress.Break;
import dev.waitok.stress.PatientCaller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A lock is given back while a thread that found it taken goes to sleep for it: it gets the lock.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "locked")
@Outcome(expect = Expect.FORBIDDEN, desc = "it sleeps while the lock is free")
@State
public class LongLockStress {
  private final LongLock lock = new LongLock();
  private final PatientCaller caller = new PatientCaller();

  public LongLockStress() {
    lock.tryLock();
  }

  @Actor
  public void waiter(I_Result r) {
    r.r1 = caller.endures(() -> lock.lock(caller)) ? 1 : 0;
  }

  @Actor
  public void holder() {
    lock.unlock();
    caller.done();
  }

  /** It does not look again after it stood in line. */
  @JCStressTest
  @JCStressMeta(LongLockStress.class)
  @State
  @Break(in = LongLock.class, method = "lock", call = "tryLockAs", now = Break.How.LEFT_OUT_FIRST)
  public static class Broken extends LongLockStress {
    @Actor
    @Override
    public void waiter(I_Result r) {
      super.waiter(r);
    }

    @Actor
    @Override
    public void holder() {
      super.holder();
    }
  }
}
