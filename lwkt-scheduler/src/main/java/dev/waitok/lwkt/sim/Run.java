package dev.waitok.lwkt.sim;

import dev.waitok.lwkt.world.Actor;
import dev.waitok.lwkt.world.World;
import java.time.Duration;

/**
 * One run of a simulation, for the program that it runs. Only threads of the simulation call it:
 * the program's own, the plain ones it starts here, and LWKT threads of schedulers made inside.
 */
public final class Run {
  private final World world;
  private final Faults faults;

  Run(World world) {
    this.world = world;
    this.faults = new Faults(this);
  }

  /** What a run's program or thread does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Does it.
     *
     * @throws Exception that fails the run
     */
    void run() throws Exception;
  }

  /**
   * The run whose thread calls.
   *
   * @return the run
   * @throws IllegalStateException if the calling thread is no simulation's
   */
  public static Run current() {
    World world = World.current();
    if (world == null) {
      throw new IllegalStateException("the calling thread is no simulation's");
    }
    return new Run(world);
  }

  /**
   * Starts a plain thread: one that is no cpu's, such as a device that raises interrupts.
   *
   * @param name its name
   * @param body what it does
   * @return the thread
   */
  public Plain start(String name, Body body) {
    return new Plain(world, world.startPlain(name, false, name, () -> runBody(body)));
  }

  /** A plain thread of a run. */
  public static final class Plain {
    private final World world;
    private final Actor actor;

    private Plain(World world, Actor actor) {
      this.world = world;
      this.actor = actor;
    }

    /**
     * Whether it has not ended.
     *
     * @return true until it has
     */
    public boolean isAlive() {
      return actor.isOn();
    }

    /** Waits for its end. By a plain thread; an LWKT thread would hold its cpu. */
    public void join() {
      if (isAlive()) {
        world.sleep(World.NEVER, () -> !actor.isOn(), "the end of " + actor.name());
      }
    }
  }

  void runBody(Body body) {
    try {
      body.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Exception e) {
      throw world.fail(e);
    }
  }

  /**
   * A choice of the program's own, which the strategy makes and a token repeats.
   *
   * @param options how many there are, 1 or more
   * @return 0 to options - 1
   */
  public int choose(int options) {
    return world.branch(options);
  }

  /** A point: others may go first. */
  public void point() {
    world.point("Run.point");
  }

  /**
   * A point of a loop that looks for what others do: the caller goes on only after somebody else
   * has taken a step, or, if all loop so, after time has passed.
   */
  public void pause() {
    world.spin("Run.pause");
  }

  /**
   * Lets virtual time pass; a plain thread's way to sleep. In an LWKT thread it holds the cpu.
   *
   * @param time how long
   */
  public void sleep(Duration time) {
    world.sleep(World.after(world.now(), time.toNanos()), () -> false, "a time");
  }

  /**
   * The virtual time.
   *
   * @return nanoseconds from an arbitrary origin
   */
  public long nanoTime() {
    return world.now();
  }

  /** Says that something was achieved: steps without any of that are a live-lock. */
  public void progress() {
    world.progress();
  }

  /**
   * Has something checked after every step from now on.
   *
   * @param check throws if it does not hold; calls nothing that waits
   */
  public void check(Runnable check) {
    world.checkAlways(check);
  }

  /**
   * Ways to make things go wrong.
   *
   * @return the faults of this run
   */
  public Faults faults() {
    return faults;
  }

  World world() {
    return world;
  }
}
