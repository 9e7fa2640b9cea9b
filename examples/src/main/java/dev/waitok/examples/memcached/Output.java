package dev.waitok.examples.memcached;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Answers to a wire, sent together when the next request has to be waited for. */
final class Output {
  private static final int BUFFER = 16 << 10;

  private final Wire wire;
  private final Transfers transfers;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  Output(Wire wire, Transfers transfers) {
    this.wire = wire;
    this.transfers = transfers;
  }

  /** A line, with its end. */
  void line(String text) throws IOException {
    put(text.getBytes(StandardCharsets.ISO_8859_1));
    end();
  }

  /** A line of statistics. */
  void stat(String name, String value) throws IOException {
    line("STAT " + name + " " + value);
  }

  /** An item's value, with the end of its line. The caller holds the item. */
  void value(Item item) throws IOException {
    bytes(item);
    end();
  }

  /** An item's value alone. The caller holds the item. */
  void bytes(Item item) throws IOException {
    ByteBuffer value = item.length() == 0 ? ByteBuffer.allocate(0) : item.value.asByteBuffer();
    if (value.remaining() > buffer.remaining()) {
      flush();
    }
    if (value.remaining() > buffer.remaining()) {
      try (Transfers.Transfer _ = transfers.begin(value.remaining(), wire)) {
        wire.write(value);
      }
    } else {
      buffer.put(value);
    }
  }

  private void end() throws IOException {
    put(new byte[] {'\r', '\n'});
  }

  /** Bytes as they are. */
  void put(byte[] bytes) throws IOException {
    if (bytes.length > buffer.remaining()) {
      flush();
    }
    if (bytes.length > buffer.remaining()) {
      wire.write(ByteBuffer.wrap(bytes));
    } else {
      buffer.put(bytes);
    }
  }

  /** Sends what is there. */
  void flush() throws IOException {
    buffer.flip();
    wire.write(buffer);
    buffer.clear();
  }
}
