package dev.waitok.examples.soak;

import dev.waitok.lwkt.sim.Run;
import java.time.Duration;

/** A simulation's run: all that is chosen follows from its token. */
final class SimulatedWorld implements World {
  /**
   * Loads and readers end by themselves: under a strategy that prefers some threads to others, work
   * without an end would keep the others from theirs.
   */
  private static final Scale SCALE = new Scale(48, 4, 2, 1, 2, 1, 6_000, 50);

  /** So many requests make a run of some thousand steps. */
  private static final int REQUESTS = 16;

  private final Run run;

  SimulatedWorld(Run run) {
    this.run = run;
  }

  @Override
  public int choose(int options) {
    return run.choose(options);
  }

  @Override
  public void rest(long nanos) {
    run.sleep(Duration.ofNanos(nanos));
  }

  @Override
  public Task start(String name, Body body) {
    return run.start(name, body::run)::join;
  }

  @Override
  public void pause() {
    run.pause();
  }

  @Override
  public void progress() {
    run.progress();
  }

  @Override
  public Scale scale() {
    return SCALE;
  }

  @Override
  public boolean isEnough(long requests) {
    return requests >= REQUESTS;
  }
}
