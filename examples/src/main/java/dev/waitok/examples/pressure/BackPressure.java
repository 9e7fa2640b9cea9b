package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PressureLevel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reader that never waits for memory drops packets; one that heeds the level drops none. */
final class BackPressure implements Scenario {
  private static final int PACKETS = 20_000;

  @Override
  public void run(Figures figures) throws Exception {
    figures.figure("droppedBlindly", read(false)).atMost("droppedHeeding", read(true), 0);
  }

  /** Reads packets faster than they are worked off; returns how many it had to drop. */
  private static long read(boolean heeds) throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(8 * MIB).pageSize(PAGE).build()) {
      MallocType packets = kmalloc.type("packets");
      Queue<MemorySegment> backlog = new ConcurrentLinkedQueue<>();
      AtomicBoolean going = new AtomicBoolean(true);
      Thread worker = Thread.startVirtualThread(() -> work(packets, backlog, going));
      long dropped = 0;
      for (int i = 0; i < PACKETS; i++) {
        if (heeds && kmalloc.pressure() != PressureLevel.NONE) {
          PressureLevel reached = kmalloc.whenBelow(PressureLevel.TARGET).get();
          if (reached != PressureLevel.NONE) {
            throw new IllegalStateException("woken at " + reached);
          }
        }
        MemorySegment packet = packets.tryKmalloc(1500);
        if (packet == null) {
          dropped++;
        } else {
          backlog.add(packet);
        }
      }
      going.set(false);
      worker.join();
      return dropped;
    }
  }

  /** Works off what has come in batches, so that a backlog builds up between them. */
  private static void work(MallocType packets, Queue<MemorySegment> backlog, AtomicBoolean going) {
    Queue<MemorySegment> batch = new ArrayDeque<>();
    while (going.get() || !backlog.isEmpty()) {
      for (MemorySegment p = backlog.poll(); p != null; p = backlog.poll()) {
        batch.add(p);
      }
      CompletableFuture<Void> pause =
          new CompletableFuture<Void>()
              .completeOnTimeout(null, 2, java.util.concurrent.TimeUnit.MILLISECONDS);
      pause.join();
      batch.forEach(packets::kfree);
      batch.clear();
    }
  }
}
