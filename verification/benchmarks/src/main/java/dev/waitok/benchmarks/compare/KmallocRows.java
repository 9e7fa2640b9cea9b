package dev.waitok.benchmarks.compare;

import static dev.waitok.benchmarks.compare.Comparison.against;

import dev.waitok.benchmarks.compare.Task.Kind;
import dev.waitok.benchmarks.peer.Subject;
import dev.waitok.benchmarks.threads.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The rows about kmalloc. A peer runs on plain platform threads, where its users run it, or on
 * virtual threads beside ours on virtual threads; Netty counts with the better of its own kind of
 * thread and a plain one.
 */
final class KmallocRows {
  private static final String PAIR = "pair 256 B, address form, ";
  private static final String ALL = "all workloads";
  private static final double NO_BOUND = Double.NaN;

  /** Measured in every round; the others are seldom the best, and once is enough to see it. */
  private static final List<Subject> CLOSE =
      List.of(
          Subject.MIMALLOC,
          Subject.MIMALLOC_CRITICAL,
          Subject.JEMALLOC_CRITICAL,
          Subject.NETTY_ADAPTIVE);

  private static final List<Subject> FAR =
      List.of(Subject.GLIBC, Subject.NETTY_POOLED, Subject.CONFINED_ARENA);

  private final List<String> traces;
  private final List<Work> works;

  KmallocRows(List<String> traces) {
    this.traces = traces;
    this.works = Work.all(traces);
  }

  /** The table's rows, and those that they are made of. */
  List<Comparison> table() {
    String lwkt = PAIR + "LWKT thread, all checks and type statistics on";
    Task pair = ours(Work.PAIR, ThreadKind.LWKT);
    Task mimalloc = theirs(Work.PAIR, Subject.MIMALLOC);
    List<Comparison> rows = new ArrayList<>();
    rows.add(against(lwkt, "mimalloc (LWJGL)", 0.6, pair, mimalloc));
    rows.add(against(lwkt, "Netty adaptive", 0.15, pair, netty(Work.PAIR, Subject.NETTY_ADAPTIVE)));
    rows.add(
        against(
            "pair 256 B, MemorySegment form, LWKT thread",
            "mimalloc",
            0.9,
            Task.of(Work.PAIR, Subject.KMALLOC_SEGMENTS, ThreadKind.LWKT, 1),
            mimalloc));
    Comparison platform =
        against(
            PAIR + "platform thread",
            "mimalloc",
            1.0,
            ours(Work.PAIR, ThreadKind.PLATFORM),
            mimalloc);
    Comparison virtual =
        against(
            PAIR + "virtual thread",
            "mimalloc",
            1.0,
            ours(Work.PAIR, ThreadKind.VIRTUAL),
            Task.of(Work.PAIR, Subject.MIMALLOC, ThreadKind.VIRTUAL, 1));
    rows.add(
        Comparison.worst(
            PAIR + "platform thread and virtual thread",
            "mimalloc",
            1.0,
            List.of(platform, virtual)));
    rows.add(
        against(
            "batch of 1,000 mixed sizes, LWKT thread",
            "mimalloc",
            0.8,
            ours(Work.BATCH, ThreadKind.LWKT),
            theirs(Work.BATCH, Subject.MIMALLOC)));
    List<Comparison> best = eachWorkload("best peer", this::allPeers);
    rows.add(Comparison.mean("geometric mean of " + ALL, "best peer of each", 1.0, best));
    List<Comparison> single =
        eachWorkload("mimalloc", work -> List.of(theirs(work, Subject.MIMALLOC)));
    rows.add(Comparison.worst("any single workload", "mimalloc", 1.3, single));
    rows.addAll(retained());
    rows.addAll(garbage());
    rows.add(platform);
    rows.add(virtual);
    rows.addAll(floors(lwkt, pair));
    rows.addAll(single);
    rows.addAll(best);
    return rows;
  }

  /** Ours against every peer, on every kind of thread, by one and by two threads. */
  List<Comparison> everything() {
    List<Comparison> rows = new ArrayList<>();
    for (ThreadKind kind : List.of(ThreadKind.LWKT, ThreadKind.PLATFORM, ThreadKind.VIRTUAL)) {
      for (int threads = 1; threads <= 2; threads++) {
        for (Work work : works) {
          rows.addAll(everything(work, kind, threads));
        }
      }
    }
    return rows;
  }

  private static List<Comparison> everything(Work work, ThreadKind kind, int threads) {
    List<Comparison> rows = new ArrayList<>();
    ThreadKind theirKind = kind == ThreadKind.LWKT ? ThreadKind.PLATFORM : kind;
    for (Subject form : List.of(Subject.KMALLOC, Subject.KMALLOC_SEGMENTS)) {
      for (Subject peer : Subject.PEERS) {
        List<Task> theirs = new ArrayList<>(List.of(Task.of(work, peer, theirKind, threads)));
        if (peer.isNetty() && theirKind == ThreadKind.PLATFORM) {
          theirs.add(Task.of(work, peer, ThreadKind.FAST_LOCAL, threads));
        }
        String what =
            "%s, %s form, %d %s thread%s"
                .formatted(
                    work.name(),
                    form == Subject.KMALLOC ? "address" : "MemorySegment",
                    threads,
                    kind == ThreadKind.LWKT ? "LWKT" : kind,
                    threads == 1 ? "" : "s");
        rows.add(against(what, peer.title(), NO_BOUND, Task.of(work, form, kind, threads), theirs));
      }
    }
    return rows;
  }

  private List<Comparison> eachWorkload(String peer, Function<Work, List<Task>> theirs) {
    List<Comparison> rows = new ArrayList<>();
    for (Work work : works) {
      for (ThreadKind kind : List.of(ThreadKind.LWKT, ThreadKind.PLATFORM)) {
        String what = work.name() + ", " + (kind == ThreadKind.LWKT ? "LWKT" : kind) + " thread";
        rows.add(against(what, peer, NO_BOUND, ours(work, kind), theirs.apply(work)));
      }
    }
    return rows;
  }

  private List<Task> allPeers(Work work) {
    List<Task> tasks = new ArrayList<>();
    for (Subject peer : CLOSE) {
      tasks.add(peer.isNetty() ? fastLocal(work, peer) : theirs(work, peer));
    }
    for (Subject peer : FAR) {
      tasks.add((peer.isNetty() ? fastLocal(work, peer) : theirs(work, peer)).measuredOnce());
    }
    return tasks;
  }

  /** Rows without a bound that show what a faster way to the same peer, and the floor, would be. */
  private static List<Comparison> floors(String lwkt, Task pair) {
    return List.of(
        against(
            lwkt,
            Subject.MIMALLOC_CRITICAL.title(),
            NO_BOUND,
            pair,
            theirs(Work.PAIR, Subject.MIMALLOC_CRITICAL)),
        against(
            lwkt,
            Subject.BUMP.title(),
            NO_BOUND,
            pair,
            Task.of(Work.PAIR, Subject.BUMP, ThreadKind.PLATFORM, 1)));
  }

  private List<Comparison> retained() {
    List<Task> ours = new ArrayList<>();
    List<Task> theirs = new ArrayList<>();
    List<Comparison> each = new ArrayList<>();
    for (String trace : traces) {
      Task our = Task.probe(Kind.RETAINED_KMALLOC, trace);
      Task their = Task.probe(Kind.RETAINED_MIMALLOC, trace);
      ours.add(our);
      theirs.add(their);
      String work = "retained peak, replay of " + Traces.name(trace);
      each.add(against(work, "mimalloc's committed", NO_BOUND, our, their).in("B"));
    }
    List<Comparison> rows = new ArrayList<>();
    rows.add(
        Comparison.sums(
            "retained peak over the trace replays",
            "mimalloc's committed, from its own statistics",
            "B",
            1.1,
            ours,
            theirs));
    rows.addAll(each);
    return rows;
  }

  /** JMH itself makes some objects in each round, a hundredth of a byte an operation or so. */
  private static List<Comparison> garbage() {
    double nearlyNone = 0.05;
    return List.of(
        Comparison.limit(
            "garbage of a pair, address form, bytes an operation",
            "none",
            "B",
            nearlyNone,
            Task.garbage(Work.PAIR, Subject.KMALLOC),
            0),
        Comparison.limit(
            "garbage of a pair, MemorySegment form that does not escape, bytes an operation",
            "none",
            "B",
            nearlyNone,
            Task.garbage(Work.PAIR, Subject.KMALLOC_SEGMENTS),
            0));
  }

  private static Task ours(Work work, ThreadKind kind) {
    return Task.of(work, Subject.KMALLOC, kind, 1);
  }

  private static Task theirs(Work work, Subject peer) {
    return Task.of(work, peer, ThreadKind.PLATFORM, 1);
  }

  private static Task fastLocal(Work work, Subject peer) {
    return Task.of(work, peer, ThreadKind.FAST_LOCAL, 1);
  }

  private static List<Task> netty(Work work, Subject peer) {
    return List.of(fastLocal(work, peer), theirs(work, peer));
  }
}
