///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 25+
//DEPS dev.waitok:lwkt-scheduler:0.1.0-SNAPSHOT
//RUNTIME_OPTIONS --enable-native-access=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED

import dev.waitok.kmalloc.Block;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import java.util.concurrent.CountDownLatch;

/** One file, one command: {@code jbang examples/jbang/FirstPacket.java}. */
class FirstPacket {
  static void main() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    try (Kmalloc kmalloc = Kmalloc.builder().arena(64L << 20).build();
        Lwkt lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start()) {
      MallocType packets = kmalloc.type("packet");
      Interrupt nic =
          lwkt.cpu(0)
              .interrupt(
                  "nic0",
                  Priority.INT_MED,
                  () -> {
                    try (Block packet = packets.block(1500)) {
                      System.out.println("a packet of " + packet.segment().byteSize() + " bytes");
                    }
                    arrived.countDown();
                  });
      nic.raise();
      arrived.await();
    }
  }
}
