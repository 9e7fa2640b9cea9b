package dev.waitok.examples.soak;

import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Lwkt;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The handler of an interrupt line: it allocates, fills, sends, and throws now and then. */
final class Handler implements Consumer<Handler.Request> {
  private final MallocType type;
  private final Outbox outbox;
  private final Faults faults;
  private final Tally tally;

  Handler(MallocType type, Outbox outbox, Faults faults, Tally tally) {
    this.type = type;
    this.outbox = outbox;
    this.faults = faults;
    this.tally = tally;
  }

  /**
   * What is asked for.
   *
   * @param number which request it is
   * @param size how many bytes
   * @param flags how
   * @param waits whether the flags are kmalloc's
   */
  record Request(long number, int size, int flags, boolean waits) {
    private static final int[] WAITING = {
      MallocFlags.M_WAITOK,
      MallocFlags.M_WAITOK,
      MallocFlags.M_WAITOK | MallocFlags.M_USE_RESERVE,
      MallocFlags.M_INTWAIT
    };
    private static final int[] TRYING = {MallocFlags.M_NOWAIT, MallocFlags.M_INTNOWAIT};

    /** Any request; one in four does not wait. */
    static Request any(World world, long number) {
      boolean waits = world.choose(4) != 0;
      int flags = waits ? WAITING[world.choose(4)] : TRYING[world.choose(2)];
      return new Request(number, 1 + world.choose(world.scale().largest()), flags, waits);
    }
  }

  @Override
  public void accept(Request request) {
    try {
      faults.inHandler();
    } catch (Faults.HandlerFault e) {
      tally.aborted.incrementAndGet();
      throw e;
    }
    try {
      handle(request);
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
    faults.inHandler();
  }

  private void handle(Request request) {
    boolean preempting = Lwkt.preempting();
    @Nullable MemorySegment block =
        request.waits()
            ? type.kmalloc(request.size(), request.flags())
            : type.tryKmalloc(request.size(), request.flags());
    if (preempting && !Lwkt.preempting()) {
      tally.switched.incrementAndGet();
    }
    if (block == null) {
      tally.refused.incrementAndGet();
    } else {
      outbox.send(Parcel.fill(block, type, request.number()));
    }
  }

  /** The handler of a FAST line: it allocates before it changes anything, and may run again. */
  static Runnable fast(MallocType type, Outbox outbox, Tally tally) {
    return () -> {
      MemorySegment block = type.kmalloc(200);
      outbox.send(Parcel.fill(block, type, tally.raised.incrementAndGet()));
    };
  }
}
