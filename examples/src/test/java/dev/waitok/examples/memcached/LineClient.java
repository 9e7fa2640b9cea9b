package dev.waitok.examples.memcached;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that writes lines and reads lines. */
final class LineClient implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;

  LineClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Nullable String line() throws IOException {
    return in.readLine();
  }

  @Nullable String ask(String text) throws IOException {
    send(text);
    return line();
  }

  /** The next byte, if no line was read; -1 if the server has closed. */
  int read() throws IOException {
    return socket.getInputStream().read();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
