package dev.waitok.examples.memcached;

import dev.waitok.examples.cli.ByteSize;
import dev.waitok.examples.cli.DispatchOption;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A memcached server, until it is interrupted.
 *
 * <pre>java -jar examples/target/waitok-examples.jar memcached --port 11211 --memory 64M</pre>
 */
@Command(
    name = "memcached",
    description =
        "Serves memcached's text, meta and binary protocols on the loopback interface until it is killed.",
    mixinStandardHelpOptions = true)
public final class MemcachedCommand implements Callable<Integer> {
  private static final long LEAST_MEMORY = 4 << 20;
  private static final long CLOSE_SECONDS = 10;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "0 for a free one (${DEFAULT-VALUE})")
  private int port = 11211;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "what items may have, with keys and overhead (64M)")
  private long memory = 64 << 20;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "at most; more are closed at once (${DEFAULT-VALUE})")
  private int connections = 1024;

  @Option(
      names = "--dispatch",
      paramLabel = "HOW",
      converter = DispatchOption.Reader.class,
      description = "of LWKT threads: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private DispatchOption dispatch = DispatchOption.AUTO;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public MemcachedCommand() {}

  @Override
  public Integer call() throws Exception {
    require(port >= 0 && port <= 65_535, "--port: " + port + " is not between 0 and 65535");
    require(memory >= LEAST_MEMORY, "--memory: " + memory + " bytes: at least 4M are needed");
    require(connections >= 1, "--connections: " + connections + ": at least 1 is needed");
    CountDownLatch killed = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (MemcachedServer server = new MemcachedServer(port, memory, dispatch, connections)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(killed, ended), "memcached-end"));
      PrintWriter out = spec.commandLine().getOut();
      out.printf("listening on 127.0.0.1:%d, dispatch %s%n", server.port(), server.dispatch());
      out.flush();
      killed.await();
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private void require(boolean held, String message) {
    if (!held) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  /** The process goes on until the server has closed, or for some seconds. */
  private static void end(CountDownLatch killed, CountDownLatch ended) {
    killed.countDown();
    try {
      boolean _ = ended.await(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
