package dev.waitok.examples.storm;

import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.examples.memory.Pattern;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Lwkt;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The interrupt handler of one cpu: it allocates what a request asks for, fills it and hands it to
 * the consumer. This is the code that the whole library is about: under {@link Policy#WAITOK} it
 * asks as if it could block, though it runs on top of a thread that it interrupted.
 */
final class Handler implements Consumer<Request> {
  private final Kmalloc kmalloc;
  private final MallocType type;
  private final Policy policy;
  private final Mailbox consumer;
  private final Tally tally;

  /** From the recorded due time to memory in hand. Written by this handler's thread alone. */
  private final Histogram latency = new Histogram(3);

  Handler(Kmalloc kmalloc, MallocType type, Policy policy, Mailbox consumer, Tally tally) {
    this.kmalloc = kmalloc;
    this.type = type;
    this.policy = policy;
    this.consumer = consumer;
    this.tally = tally;
  }

  @Override
  public void accept(Request request) {
    try {
      handle(request);
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
  }

  private void handle(Request request) {
    boolean preempting = Lwkt.preempting();
    @Nullable MemorySegment block = allocate(request);
    boolean switched = preempting && !Lwkt.preempting();
    if (switched) {
      tally.switchedAway();
    }
    if (block == null) {
      tally.dropped(kmalloc.pages().cache());
      return;
    }
    latency.recordValue(Math.max(1, System.nanoTime() - request.due()));
    if (request.zeroed() && !Pattern.isZero(block, 0, request.size())) {
      tally.corrupt();
    }
    Pattern.fill(block, 0, request.size(), request.number());
    request.served(block, switched);
    consumer.send(request);
  }

  private @Nullable MemorySegment allocate(Request request) {
    int flags = policy.flags() | (request.zeroed() ? M_ZERO : 0);
    long size = request.size();
    long alignment = request.alignment();
    if (policy == Policy.NOWAIT) {
      return alignment > 1
          ? kmalloc.tryKmallocAligned(size, alignment, type, flags)
          : kmalloc.tryKmalloc(size, type, flags);
    }
    return alignment > 1
        ? kmalloc.kmallocAligned(size, alignment, type, flags)
        : kmalloc.kmalloc(size, type, flags);
  }

  /** The latencies, to be read when the handler runs no more. */
  Histogram latency() {
    return latency;
  }
}
