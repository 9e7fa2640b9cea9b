package dev.waitok.benchmarks.memcached;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A connection to a server, in the text protocol: one command at a time, and every answer is
 * checked. Makes no garbage. For one thread.
 */
final class Client implements AutoCloseable {
  /** An answer that takes longer ends the run. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final int DIGITS = 8;
  private static final int AT = 4; // of the key, behind "get " or "set "
  private static final byte[] STORED = bytes("STORED\r\n");
  private static final byte[] END = bytes("\r\nEND\r\n");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final byte[] get = bytes("get " + "0".repeat(DIGITS) + "\r\n");
  private final byte[] set;
  private final byte[] found;
  private final byte[] answer;

  /**
   * Connects.
   *
   * @param value what is stored, and has to come back
   */
  Client(int port, byte[] value) throws IOException {
    String key = "0".repeat(DIGITS) + " 0 ";
    set = join(bytes("set " + key + "0 " + value.length + "\r\n"), value, bytes("\r\n"));
    found = join(bytes("VALUE " + key + value.length + "\r\n"), value, END);
    answer = new byte[found.length];
    socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = socket.getInputStream();
      out = socket.getOutputStream();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[] first, byte[] second, byte[] third) {
    byte[] all = Arrays.copyOf(first, first.length + second.length + third.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    System.arraycopy(third, 0, all, first.length + second.length, third.length);
    return all;
  }

  private static void write(byte[] into, int at, int key) {
    int left = key;
    for (int i = at + DIGITS - 1; i >= at; i--) {
      into[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }

  /**
   * Stores the value.
   *
   * @throws IOException for any other answer than that it is stored
   */
  void set(int key) throws IOException {
    write(set, AT, key);
    out.write(set);
    expect(STORED);
  }

  /**
   * Gets the value.
   *
   * @throws IOException if it is not there, or another one
   */
  void get(int key) throws IOException {
    write(get, AT, key);
    write(found, "VALUE ".length(), key);
    out.write(get);
    expect(found);
  }

  private void expect(byte[] expected) throws IOException {
    int length = 0;
    do {
      int n = in.read(answer, length, answer.length - length);
      if (n < 0) {
        throw new EOFException("the server has closed the connection");
      }
      length += n;
    } while (length < expected.length && answer[0] == expected[0]);
    if (!Arrays.equals(answer, 0, length, expected, 0, expected.length)) {
      String got = new String(answer, 0, Math.min(length, 80), StandardCharsets.ISO_8859_1);
      throw new IOException("the server answered: " + got.strip());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
