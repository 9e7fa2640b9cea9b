package dev.waitok.lwkt.sim;

import dev.waitok.kmalloc.spi.ExecutionContext;
import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.World;
import org.jspecify.annotations.Nullable;

/**
 * The context of the plain threads of a simulation, and of its clock and service threads: what an
 * allocator that is built inside one asks. Each question is a point.
 */
final class SimulatedContext implements ExecutionContext {
  private static final String SERVES =
      "a pager or the pageout thread is running, which others wait for";

  private final World world;
  private final Caller ordinary = new PlainCaller(null);
  private final Caller service = new PlainCaller(SERVES);

  SimulatedContext(World world) {
    this.world = world;
  }

  @Override
  public Caller caller() {
    world.point("a call of the allocator");
    return world.requireCurrent().service() ? service : ordinary;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    return false;
  }

  @Override
  public long nanoTime() {
    world.point("a look at the clock");
    return world.now();
  }

  @Override
  public void startService(String name, Runnable body) {
    world.startPlain(name, true, name, body);
  }

  @Override
  public void watch(Runnable always, Runnable atRest) {
    world.checkAlways(always);
    world.checkAtRest(atRest);
  }

  private final class PlainCaller implements Caller {
    private final @Nullable String whyNotBlock;

    PlainCaller(@Nullable String whyNotBlock) {
      this.whyNotBlock = whyNotBlock;
    }

    @Override
    public int cpu() {
      throw new IllegalStateException("a plain thread has no cpu");
    }

    @Override
    public boolean preempting() {
      return false;
    }

    @Override
    public @Nullable String whyNotBlock() {
      return whyNotBlock;
    }

    @Override
    public void enterCritical() {}

    @Override
    public void leaveCritical() {}

    @Override
    public boolean switchAway() {
      throw new IllegalStateException("a plain thread preempts nobody: nothing to switch to");
    }

    @Override
    public Sleeper newSleeper() {
      world.point("a look before a sleep");
      return new ActorSleeper(world, world.requireCurrent());
    }
  }

  /** Sleeps by not being chosen. */
  private static final class ActorSleeper implements Sleeper {
    private final World world;
    private final Actor actor;
    private boolean woken;

    ActorSleeper(World world, Actor actor) {
      this.world = world;
      this.actor = actor;
    }

    @Override
    public void sleep(long nanos) {
      String what = actor.service() ? "work" : "memory";
      world.sleep(World.after(world.now(), nanos), () -> woken, what);
      woken = false;
    }

    @Override
    public void wake() {
      woken = true;
      world.point("a wake-up of " + actor.name());
    }
  }
}
