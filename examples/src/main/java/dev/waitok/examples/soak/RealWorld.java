package dev.waitok.examples.soak;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Real threads and time. The seed says what is chosen, one choice after another, but not who makes
 * which: a run is not repeated by its seed.
 */
final class RealWorld implements World {
  private static final Scale SCALE = new Scale(2048, 128, 8, 3, 8, 8, 20_000, Long.MAX_VALUE);

  /** However slow the machine is. */
  private static final long FEWEST = 100;

  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final AtomicLong choices;
  private final long end;

  /** A world whose round takes so long. */
  RealWorld(long seed, Duration round) {
    this.choices = new AtomicLong(seed * STEP);
    this.end = System.nanoTime() + round.toNanos();
  }

  @Override
  public int choose(int options) {
    long x = choices.addAndGet(STEP);
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return (int) Math.floorMod(x ^ (x >>> 31), (long) options);
  }

  @Override
  public void rest(long nanos) {
    LockSupport.parkNanos(nanos);
  }

  @Override
  public Task start(String name, Body body) {
    Thread thread =
        Thread.ofPlatform()
            .name(name)
            .start(
                () -> {
                  try {
                    body.run();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    return thread::join;
  }

  @Override
  public void pause() {
    LockSupport.parkNanos(20_000);
  }

  @Override
  public void progress() {}

  @Override
  public Scale scale() {
    return SCALE;
  }

  @Override
  public boolean isEnough(long requests) {
    return requests >= FEWEST && System.nanoTime() - end >= 0;
  }
}
