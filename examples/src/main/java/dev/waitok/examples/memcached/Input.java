package dev.waitok.examples.memcached;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Lines and values from a wire. Before it waits for any, the answers to those before are sent. */
final class Input {
  /** The longest line: a get of some thirty of the longest keys, at least. */
  static final int LONGEST_LINE = 8192;

  private final Wire wire;
  private final Output answers;
  private final ByteBuffer buffer = ByteBuffer.allocate(LONGEST_LINE + 2).flip();

  /** Whether what comes next belongs to a value. */
  private boolean inValue;

  Input(Wire wire, Output answers) {
    this.wire = wire;
    this.answers = answers;
  }

  /**
   * The next line, without its end; waits for it.
   *
   * @throws LineTooLong if it is longer than may be: what follows cannot be told from data
   */
  String line() throws IOException {
    int end;
    while ((end = endOfLine()) < 0) {
      if (buffer.remaining() >= LONGEST_LINE) {
        throw new LineTooLong();
      }
      more();
    }
    int length = end - buffer.position();
    byte[] bytes = new byte[length];
    buffer.get(bytes).get();
    int text = length > 0 && bytes[length - 1] == '\r' ? length - 1 : length;
    return new String(bytes, 0, text, StandardCharsets.ISO_8859_1);
  }

  /** A connection that cannot go on. */
  static final class LineTooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private int endOfLine() {
    for (int i = buffer.position(); i < buffer.limit(); i++) {
      if (buffer.get(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void more() throws IOException {
    boolean begun = inValue || buffer.hasRemaining();
    answers.flush();
    buffer.compact();
    try {
      wire.read(buffer, begun);
    } finally {
      buffer.flip();
    }
  }

  /**
   * Fills a value; what is not here yet is read straight into it.
   *
   * @param transfers what a value counts among while it is waited for
   */
  void fill(MemorySegment value, Transfers transfers) throws IOException {
    ByteBuffer into = value.asByteBuffer();
    int here = Math.min(buffer.remaining(), into.remaining());
    into.put(buffer.slice(buffer.position(), here));
    buffer.position(buffer.position() + here);
    if (into.hasRemaining()) {
      try (Transfers.Transfer _ = transfers.begin(value.byteSize(), wire)) {
        answers.flush();
        while (into.hasRemaining()) {
          wire.read(into, true);
        }
      }
    }
  }

  /** Passes over bytes that nobody wants. */
  void skip(long bytes) throws IOException {
    long left = bytes;
    inValue = true;
    while (left > 0) {
      if (!buffer.hasRemaining()) {
        more();
      }
      int here = (int) Math.min(left, buffer.remaining());
      buffer.position(buffer.position() + here);
      left -= here;
    }
    inValue = false;
  }

  /** Takes the end of line behind a value; false, and nothing taken, if it is not there. */
  boolean endsLine() throws IOException {
    inValue = true;
    while (buffer.remaining() < 2) {
      more();
    }
    inValue = false;
    int at = buffer.position();
    boolean ends = buffer.get(at) == '\r' && buffer.get(at + 1) == '\n';
    buffer.position(ends ? at + 2 : at);
    return ends;
  }

  /** Passes over what is left of a line that is no command. */
  void skipLine() throws IOException {
    int end;
    while ((end = endOfLine()) < 0) {
      buffer.position(buffer.limit());
      more();
    }
    buffer.position(end + 1);
  }

  /** The next byte, which stays; waits for it. */
  byte peek() throws IOException {
    while (!buffer.hasRemaining()) {
      more();
    }
    return buffer.get(buffer.position());
  }

  /** So many bytes, fewer than a line's most; waits for them. */
  byte[] bytes(int length) throws IOException {
    inValue = true;
    while (buffer.remaining() < length) {
      more();
    }
    inValue = false;
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }
}
