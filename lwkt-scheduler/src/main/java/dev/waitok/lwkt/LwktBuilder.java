package dev.waitok.lwkt;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.lwkt.dispatch.Dispatchers;
import dev.waitok.lwkt.world.World;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a scheduler is to be made; from {@link Lwkt#builder}. */
public final class LwktBuilder {
  private static final AtomicInteger NAMES = new AtomicInteger();

  String name = defaultName();
  int cpus = Runtime.getRuntime().availableProcessors();
  private Dispatch dispatch = Dispatch.AUTO;
  private boolean addWorkers = true;
  @Nullable Consumer<LwktEvent> listener;
  Duration closeTimeout = Duration.ofSeconds(10);
  @Nullable SchedulerPort port;

  LwktBuilder() {}

  private static String defaultName() {
    World world = World.current(); // where equal runs have equal names
    return "lwkt" + (world == null ? NAMES.getAndIncrement() : world.nextNumber());
  }

  /**
   * Sets its name, which its Java threads bear.
   *
   * @param itsName the name
   * @return this
   */
  public LwktBuilder name(String itsName) {
    name = Objects.requireNonNull(itsName);
    return this;
  }

  /**
   * Sets how many cpus it has.
   *
   * @param number 1 or more; the machine's if not set
   * @return this
   */
  public LwktBuilder cpus(int number) {
    if (number < 1) {
      throw Failures.tooFewCpus(number);
    }
    cpus = number;
    return this;
  }

  /**
   * Sets how control is handed over.
   *
   * @param wish {@link Dispatch#AUTO} if not set
   * @return this
   */
  public LwktBuilder dispatch(Dispatch wish) {
    dispatch = Objects.requireNonNull(wish);
    return this;
  }

  /**
   * Whether portable dispatch may give the JDK's default scheduler a worker more for each cpu while
   * it lives, so that busy cpus do not starve other virtual threads. Without it, every thousandth
   * switch or so takes a slower way.
   *
   * @param allowed true if not set
   * @return this
   */
  public LwktBuilder addWorkers(boolean allowed) {
    addWorkers = allowed;
    return this;
  }

  /**
   * Sets who hears of events. Called by one thread at a time, never by a cpu.
   *
   * @param itsListener logs by SLF4J if not set
   * @return this
   */
  public LwktBuilder onEvent(Consumer<LwktEvent> itsListener) {
    listener = Objects.requireNonNull(itsListener);
    return this;
  }

  /**
   * Sets how long {@link Lwkt#close()} waits for threads to end.
   *
   * @param atMost 10 seconds if not set
   * @return this
   */
  public LwktBuilder closeTimeout(Duration atMost) {
    closeTimeout = Objects.requireNonNull(atMost);
    return this;
  }

  LwktBuilder port(SchedulerPort itsPort) {
    port = itsPort;
    return this;
  }

  /**
   * Binds it to an allocator: calls by this scheduler's threads are then made in their
   * circumstances. An allocator has at most one scheduler; close the scheduler first.
   *
   * @param kmalloc the allocator
   * @return this
   */
  public LwktBuilder kmalloc(Kmalloc kmalloc) {
    return port(kmalloc.schedulerPort());
  }

  /**
   * Makes and starts it.
   *
   * @return the scheduler
   * @throws UnsupportedOperationException if {@link Dispatch#DIRECT} was asked for and does not
   *     work here; the message says what is missing
   * @throws IllegalStateException if the allocator has a scheduler already or is closed
   */
  public Lwkt start() {
    Dispatchers.Wish wish =
        switch (dispatch) {
          case AUTO -> Dispatchers.Wish.IF_POSSIBLE;
          case DIRECT -> Dispatchers.Wish.ALWAYS;
          case PORTABLE -> Dispatchers.Wish.NEVER;
          case SIMULATED -> Dispatchers.Wish.SIMULATED;
        };
    Dispatchers.Choice choice = Dispatchers.choose(name, cpus, wish, addWorkers);
    try {
      return new Lwkt(this, choice);
    } catch (RuntimeException | Error e) {
      choice.dispatcher().close();
      throw e;
    }
  }
}
