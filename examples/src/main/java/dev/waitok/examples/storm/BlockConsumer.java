package dev.waitok.examples.storm;

import dev.waitok.examples.memory.Pattern;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Lwkt;
import org.jspecify.annotations.Nullable;

/**
 * The thread that gets the handlers' blocks, checks what they hold and frees them. It lives on one
 * cpu and gets blocks from all of them, so many of its frees are remote.
 */
final class BlockConsumer implements Runnable {
  /** Blocks between two times it gives way to others of its priority. */
  private static final int BLOCKS_A_TURN = 64;

  private final Kmalloc kmalloc;
  private final MallocType type;
  private final Mailbox mailbox;
  private final Tally tally;

  BlockConsumer(Kmalloc kmalloc, MallocType type, Mailbox mailbox, Tally tally) {
    this.kmalloc = kmalloc;
    this.type = type;
    this.mailbox = mailbox;
    this.tally = tally;
  }

  @Override
  public void run() {
    try {
      int blocks = 0;
      while (true) {
        @Nullable Request request = mailbox.receive();
        if (request != null) {
          consume(request);
        } else if (tally.stopped()) {
          return;
        }
        if (++blocks % BLOCKS_A_TURN == 0) {
          Lwkt.yield();
        } else {
          Lwkt.poll();
        }
      }
    } catch (RuntimeException | Error e) {
      tally.failed(e);
    }
  }

  private void consume(Request request) {
    if (!Pattern.holds(request.block(), 0, request.size(), request.number())) {
      tally.corrupt();
    }
    kmalloc.kfree(request.block(), type);
    tally.served(request.switchedAway());
  }
}
