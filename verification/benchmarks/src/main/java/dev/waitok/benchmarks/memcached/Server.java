package dev.waitok.benchmarks.memcached;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, on a free port of the loopback interface, until it is closed.
 */
public final class Server implements AutoCloseable {
  private static final long START_SECONDS = 30;
  private static final long END_SECONDS = 10;
  private static final long LOOK_MILLIS = 10;

  private final Process process;
  private final Path folder;
  private final int port;

  private Server(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param which one
   * @param memory what its items may have, in bytes
   * @return the server
   * @throws IOException if it does not start; no process is left then
   */
  public static Server start(Program which, long memory) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("waitok-memcached");
    Path said = folder.resolve("said.txt");
    ProcessBuilder builder =
        new ProcessBuilder(which.command(memory))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(said.toFile()));
    Path portFile = folder.resolve("port.txt");
    builder.environment().put(Program.PORT_FILE, portFile.toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      delete(folder);
      throw e;
    }
    boolean listens = false;
    try {
      Server server =
          new Server(process, folder, port(which, process, which.saysPort() ? said : portFile));
      listens = true;
      return server;
    } catch (IOException e) {
      throw new IOException(e.getMessage() + ": " + Files.readString(said), e);
    } finally {
      if (!listens) {
        end(process);
        delete(folder);
      }
    }
  }

  private static int port(Program which, Process process, Path file)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < deadline) {
      int port = Files.exists(file) ? which.port(Files.readString(file)) : 0;
      if (port > 0) {
        return port;
      }
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IOException(which + " ended with status " + process.exitValue());
      }
    }
    throw new IOException(which + " does not listen after " + START_SECONDS + " s");
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private static void end(Process process) {
    process.destroy();
    try {
      if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** Ends the process. */
  @Override
  public void close() throws IOException {
    end(process);
    delete(folder);
  }
}
