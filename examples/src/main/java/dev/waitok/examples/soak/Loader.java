package dev.waitok.examples.soak;

import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Lwkt;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread that allocates, changes and frees blocks until it is cancelled by an interrupt, or the
 * round ends; then it frees what it has.
 */
final class Loader implements Runnable {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final World world;
  private final MallocType type;
  private final Tally tally;
  private final List<Parcel> held = new ArrayList<>();
  private long number;

  Loader(World world, MallocType type, Tally tally, long firstNumber) {
    this.world = world;
    this.type = type;
    this.tally = tally;
    this.number = firstNumber;
  }

  @Override
  public void run() {
    try {
      for (long i = 0; i < world.scale().steps() && !tally.stopped(); i++) {
        step();
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        Lwkt.yield();
      }
    } catch (InterruptedException e) {
      tally.cancelled.incrementAndGet();
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    } finally {
      held.forEach(parcel -> parcel.end(tally));
    }
  }

  private void step() throws InterruptedException {
    boolean full = held.size() == world.scale().held();
    switch (full ? 2 + world.choose(2) : world.choose(4)) {
      case 0, 1 -> allocate(1 + world.choose(world.scale().largest()));
      case 2 -> {
        if (!held.isEmpty()) {
          held.remove(world.choose(held.size())).end(tally);
        }
      }
      default -> {
        if (!held.isEmpty()) {
          resize(world.choose(held.size()), 1 + world.choose(world.scale().largest()));
        }
      }
    }
  }

  private void allocate(long size) throws InterruptedException {
    switch (world.choose(3)) {
      case 0 -> keep(type.kmalloc(size, MallocFlags.M_WAITOK));
      case 1 -> keep(type.kmallocInterruptibly(size, MallocFlags.M_WAITOK));
      default -> {
        try {
          keep(type.kmalloc(size, SHORT));
        } catch (KmallocTimeoutException e) {
          Lwkt.poll();
        }
      }
    }
  }

  private void keep(MemorySegment block) {
    held.add(Parcel.fill(block, type, ++number));
  }

  /** Grows or shrinks a block, in place of which another one may stand; what was in it stays. */
  private void resize(int index, long size) {
    Parcel old = held.get(index);
    if (!old.isIntact()) {
      tally.corruption.incrementAndGet();
    }
    MemorySegment block = type.tryKrealloc(old.block(), size, MallocFlags.M_NOWAIT);
    if (block != null) {
      long same = Math.min(size, old.block().byteSize());
      if (!Parcel.begins(block, same, old.number())) {
        tally.corruption.incrementAndGet();
      }
      held.set(index, Parcel.fill(block, type, ++number));
    }
  }
}
