package dev.waitok.examples;

import dev.waitok.kmalloc.Block;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The code that the README begins with: an interrupt handler that asks for memory as if it could
 * wait.
 *
 * <pre>java -cp examples/target/waitok-examples.jar dev.waitok.examples.FirstSteps</pre>
 */
public final class FirstSteps {
  private FirstSteps() {}

  /**
   * Raises one interrupt and prints how much memory its handler got.
   *
   * @param args none
   * @throws InterruptedException if interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    System.out.println(firstPacket() + " bytes");
  }

  static long firstPacket() throws InterruptedException {
    BlockingQueue<Long> lengths = new LinkedBlockingQueue<>();
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64L << 20).build();
        Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
      MallocType packets = kmalloc.type("packet");
      Interrupt nic =
          lwkt.cpu(0)
              .interrupt(
                  "nic0",
                  Priority.INT_MED,
                  () -> {
                    try (Block packet = packets.block(1500)) { // never null, though it preempts
                      lengths.add(packet.segment().byteSize());
                    }
                  });
      nic.raise(); // from any thread
      return lengths.take();
    }
  }
}
