package dev.waitok.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waitok.benchmarks.memcached.Load;
import dev.waitok.benchmarks.memcached.Program;
import dev.waitok.benchmarks.scheduler.BlockedThreads;
import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What {@link Forks} runs: measures tasks and writes their numbers to a file. */
@Command(name = Child.NAME, hidden = true, description = "One fork of compare.")
public final class Child implements Callable<Integer> {
  static final String NAME = "child";

  @Parameters(index = "0")
  private File asked = new File("");

  @Parameters(index = "1")
  private File answered = new File("");

  /** By server: one load gives two figures. */
  private final Map<String, Load.Figures> loads = new HashMap<>();

  /** For the command line. */
  public Child() {}

  @Override
  public Integer call() throws Exception {
    ObjectMapper json = new ObjectMapper();
    Job job = json.readValue(asked, Job.class);
    Map<String, Double> scores = new LinkedHashMap<>();
    Pace warmUp = job.pace().ofGoingThrough(job.tasks().size());
    List<Task> warm = job.tasks().stream().filter(task -> warmUp(task, warmUp)).toList();
    for (Task task : warm) {
      try {
        scores.put(task.id(), measure(task, job.pace()));
      } catch (RunnerException | RuntimeException | IOException e) {
        // The others are worth having; the parent shows this and says which rows it has not.
        System.err.println(task.id() + ": " + e);
      }
    }
    json.writeValue(answered, scores);
    // Threads of peers, and a million blocked ones, need not be waited for.
    Runtime.getRuntime().halt(0);
    return 0;
  }

  /** False if it failed: then it is not measured, and the parent misses it. */
  private static boolean warmUp(Task task, Pace pace) {
    if (task.kind().isByJmh()) {
      try {
        double _ = JmhRun.measure(task, pace);
      } catch (RunnerException | RuntimeException e) {
        System.err.println(task.id() + ": " + e);
        return false;
      }
    }
    return true;
  }

  private double measure(Task task, Pace pace) throws Exception {
    return switch (task.kind()) {
      case JMH_TIME, JMH_MEDIAN, JMH_GARBAGE -> JmhRun.measure(task, pace);
      case BLOCKED_LWKT -> BlockedThreads.lwktBytes(Integer.parseInt(task.target()));
      case BLOCKED_VIRTUAL -> BlockedThreads.virtualBytes(Integer.parseInt(task.target()));
      case RETAINED_KMALLOC -> Retained.byKmalloc(task.target());
      case RETAINED_MIMALLOC -> Retained.byMimalloc(task.target());
      case SERVER_TIME -> served(task, pace).nanosEach();
      case SERVER_TAIL -> served(task, pace).tailNanos();
    };
  }

  private Load.Figures served(Task task, Pace pace) throws IOException, InterruptedException {
    Load.Figures figures = loads.get(task.target());
    if (figures == null) {
      figures = MemcachedRows.measure(Program.valueOf(task.target()), pace);
      loads.put(task.target(), figures);
    }
    return figures;
  }

  /**
   * What a fork is asked.
   *
   * @param pace how long things are measured
   * @param tasks what is measured
   */
  record Job(Pace pace, List<Task> tasks) {}
}
