package dev.waitok.kmalloc.vm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.spi.ExecutionContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A context of one thread, the test's: its clock stands still, a sleep is the next step of a
 * script, and a service runs when the test says so.
 */
final class ScriptedContext implements ExecutionContext {
  private static final String NOBODY_WAKES_IT = "nobody would ever wake it";

  long now = 1_000_000;
  boolean preempting;
  boolean interrupted;

  /** Whether a switch is possible; the caller preempts nobody after one. */
  boolean canSwitch = true;

  boolean preemptsAfterSwitch;

  int switches;

  /** How long each sleep was to last. */
  final List<Long> sleeps = new ArrayList<>();

  private final Deque<Runnable> script = new ArrayDeque<>();
  private final Map<String, Runnable> services = new HashMap<>();
  private final Caller caller = new ScriptedCaller();

  /** What happens during the next sleep that has no step yet. */
  void then(Runnable step) {
    script.add(step);
  }

  /** The next sleep lasts its time. */
  void thenTimePasses() {
    then(() -> now += sleeps.getLast());
  }

  /** A service's tick is due. */
  void tick() {
    now += 1_000_000_000L;
  }

  /** Whether all steps have happened. */
  boolean isOver() {
    return script.isEmpty();
  }

  /**
   * Runs a service that sleeps before each of these steps, and is ended then.
   *
   * @param close what ends it
   */
  void serve(String service, Consumer<Caller> close, Runnable... steps) {
    List.of(steps).forEach(this::then);
    then(() -> end(close));
    run(service);
  }

  /**
   * Says that a service that runs is to end. Who ends one sleeps until it is gone; here, where the
   * service sleeps below, he is not woken.
   */
  void end(Consumer<Caller> close) {
    assertThatThrownBy(() -> close.accept(caller)).hasMessage(NOBODY_WAKES_IT);
  }

  /** Whether a service was started and has not run yet. */
  boolean wasStarted(String service) {
    return services.containsKey(service);
  }

  /** Runs a service to its end. */
  void run(String service) {
    services.remove(service).run();
  }

  @Override
  public Caller caller() {
    return caller;
  }

  @Override
  public boolean send(int cpu, Runnable task) {
    return false;
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void startService(String name, Runnable body) {
    services.put(name, body);
  }

  private final class ScriptedCaller implements Caller {
    @Override
    public int cpu() {
      throw new IllegalStateException("there are no cpus");
    }

    @Override
    public boolean preempting() {
      return preempting;
    }

    @Override
    public String whyNotBlock() {
      return null;
    }

    @Override
    public void enterCritical() {}

    @Override
    public void leaveCritical() {}

    @Override
    public boolean switchAway() {
      switches++;
      if (canSwitch) {
        preempting = preemptsAfterSwitch;
      } else {
        now += 1_000_000_000L;
      }
      return canSwitch;
    }

    @Override
    public Sleeper newSleeper() {
      return new ScriptedSleeper();
    }
  }

  private final class ScriptedSleeper implements Sleeper {
    private boolean woken;

    @Override
    public void sleep(long nanos) {
      sleeps.add(nanos);
      if (!woken) {
        Runnable step = script.poll();
        if (step == null) {
          throw new IllegalStateException(NOBODY_WAKES_IT);
        }
        step.run();
      }
      woken = false;
    }

    @Override
    public boolean sleepInterruptibly(long nanos) {
      sleep(nanos);
      return interrupted;
    }

    @Override
    public void wake() {
      woken = true;
    }
  }
}
