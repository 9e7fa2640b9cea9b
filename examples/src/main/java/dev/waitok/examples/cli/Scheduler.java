package dev.waitok.examples.cli;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Lwkt;
import java.util.Locale;

/** Starts the scheduler that a command line asks for, and says which dispatch it got. */
public final class Scheduler {
  private Scheduler() {}

  /**
   * A scheduler that is bound to an allocator.
   *
   * @param kmalloc the allocator
   * @param dispatch what was asked for
   * @param cpus how many cpus it has
   * @return the scheduler, started
   */
  public static Lwkt start(Kmalloc kmalloc, DispatchOption dispatch, int cpus) {
    Dispatch wanted =
        switch (dispatch) {
          case AUTO -> Dispatch.AUTO;
          case DIRECT -> Dispatch.DIRECT;
          case PORTABLE -> Dispatch.PORTABLE;
        };
    return Lwkt.builder().cpus(cpus).dispatch(wanted).kmalloc(kmalloc).start();
  }

  /**
   * How a scheduler dispatches.
   *
   * @param lwkt the scheduler
   * @return "direct" or "portable"
   */
  public static String dispatch(Lwkt lwkt) {
    return lwkt.capabilities().dispatch().toString().toLowerCase(Locale.ROOT);
  }
}
