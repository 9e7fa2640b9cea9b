package dev.waitok.examples.memcached;

import java.io.EOFException;
import java.io.IOException;

/**
 * One client: commands come in, answers go out, in order; its first byte tells the protocol. The
 * body of an LWKT thread.
 */
final class Connection {
  private final Wire wire;
  private final Store store;
  private final Statistics statistics;

  Connection(Wire wire, Store store, Statistics statistics) {
    this.wire = wire;
    this.store = store;
    this.statistics = statistics;
  }

  /** Serves the client until it goes, or sends what cannot be told from anything. */
  void serve() throws IOException {
    Output out = new Output(wire, store.transfers());
    Input in = new Input(wire, out);
    Commands commands = new Commands(store, statistics, in, out);
    try {
      if (in.peek() == BinaryHeader.REQUEST) {
        new BinaryCommands(store, statistics, in, out).serve();
      } else {
        boolean more = true;
        while (more) {
          more = commands.execute(in.line());
        }
      }
      out.flush();
    } catch (Input.LineTooLong e) {
      out.line("CLIENT_ERROR line too long");
      out.flush();
    } catch (EOFException e) {
      return; // the client has gone, perhaps in the middle of a command
    }
  }
}
