package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.peer.Subject;
import dev.waitok.benchmarks.threads.ThreadKind;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One measurement, which gives one number. Tasks with the same fork are measured one after another
 * in one JVM.
 *
 * @param id what its number is called
 * @param fork in which JVM it runs; what stands before the first {@code /} says with which
 *     arguments
 * @param kind how it is measured
 * @param target the method of a JMH benchmark, or what a probe is given
 * @param parameters JMH's
 * @param once whether one round has to be enough for it
 */
record Task(
    String id,
    String fork,
    Kind kind,
    String target,
    Map<String, String> parameters,
    boolean once) {
  /** How tasks are measured. */
  enum Kind {
    /** By JMH: the time of an operation. */
    JMH_TIME,
    /** By JMH: the median of the samples. */
    JMH_MEDIAN,
    /** By JMH's profiler: the bytes that an operation allocates on the heap. */
    JMH_GARBAGE,
    /** Bytes of heap for each of some blocked LWKT threads. */
    BLOCKED_LWKT,
    /** Bytes of heap for each of some blocked virtual threads. */
    BLOCKED_VIRTUAL,
    /** The peak of what kmalloc retains in a replay. */
    RETAINED_KMALLOC,
    /** The peak of what mimalloc has committed in a replay. */
    RETAINED_MIMALLOC,
    /** The time by the commands that a memcached server has answered in it. */
    SERVER_TIME,
    /** The p99.9 of its latencies under the same load. */
    SERVER_TAIL;

    boolean isByJmh() {
      return this == JMH_TIME || this == JMH_MEDIAN || this == JMH_GARBAGE;
    }
  }

  /** A workload on an allocator. */
  static Task of(Work work, Subject subject, ThreadKind threads, int count) {
    return of(work, subject, threads, count, Kind.JMH_TIME, "");
  }

  /** The heap garbage of a workload on an allocator. */
  static Task garbage(Work work, Subject subject) {
    return of(work, subject, ThreadKind.LWKT, 1, Kind.JMH_GARBAGE, "garbage of ");
  }

  private static Task of(
      Work work, Subject subject, ThreadKind threads, int count, Kind kind, String prefix) {
    String where = subject + "/" + threads + "/" + count;
    Map<String, String> parameters = new LinkedHashMap<>(work.parameters());
    parameters.put("allocator", subject.name());
    parameters.put("kind", threads.name());
    parameters.put("threads", "" + count);
    return new Task(
        prefix + work.name() + "/" + where,
        "allocator/" + where,
        kind,
        work.benchmark().getName() + ".round",
        parameters,
        false);
  }

  /** A benchmark of the scheduler. */
  static Task of(Class<?> benchmark, String method, String fork) {
    String id = benchmark.getSimpleName() + "." + method;
    String target = benchmark.getName() + "." + method;
    return new Task(id, fork, Kind.JMH_TIME, target, Map.of(), false);
  }

  Task withKind(Kind other) {
    return new Task(id, fork, other, target, parameters, once);
  }

  Task with(Map<String, String> others) {
    return new Task(id + others, fork, kind, target, others, once);
  }

  Task measuredOnce() {
    return new Task(id, fork, kind, target, parameters, true);
  }

  /** A measurement that needs a JVM of its own. */
  static Task probe(Kind kind, String target) {
    String id = kind + "/" + target;
    return new Task(id, "probe/" + id, kind, target, Map.of(), true);
  }
}
