package dev.waitok.examples.memcached;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that sends what it was given, in pieces, then goes; and keeps what it gets. */
final class ScriptedWire implements Wire {
  private final ByteBuffer toServer;
  private final int piece;
  private final ByteArrayOutputStream fromServer = new ByteArrayOutputStream();
  private final List<String> atRead = new ArrayList<>();

  ScriptedWire(byte[] toServer, int piece) {
    this.toServer = ByteBuffer.wrap(toServer);
    this.piece = piece;
  }

  @Override
  public void read(ByteBuffer into, boolean begun) throws EOFException {
    atRead.add(fromServer.toString(StandardCharsets.ISO_8859_1));
    if (!toServer.hasRemaining()) {
      throw new EOFException();
    }
    int length = Math.min(piece, Math.min(into.remaining(), toServer.remaining()));
    into.put(toServer.slice(toServer.position(), length));
    toServer.position(toServer.position() + length);
  }

  @Override
  public void write(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    fromServer.writeBytes(bytes);
  }

  @Override
  public void close() {}

  /** What had come back before so many reads were made. */
  String sentBeforeRead(int number) {
    return atRead.get(number - 1);
  }

  /** Talks to a store in the text protocol; what comes back. */
  static String talk(Store store, String request, int piece) throws IOException {
    return talk(store, request.getBytes(StandardCharsets.ISO_8859_1), piece);
  }

  static String talk(Store store, byte[] request, int piece) throws IOException {
    ScriptedWire wire = new ScriptedWire(request, piece);
    new Connection(wire, store, new Statistics()).serve();
    return wire.fromServer.toString(StandardCharsets.ISO_8859_1);
  }
}
