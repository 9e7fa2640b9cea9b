package dev.waitok.benchmarks.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waitok.benchmarks.compare.Comparison.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;

/** What a complete run leaves in the repository: a document, its figure, and its rows as JSON. */
final class Results {
  private static final String FIGURE = "growth.svg";
  private static final String ROWS = "results.json";

  private final Path document;
  private final String command;

  Results(Path document, String command) {
    this.document = document.toAbsolutePath();
    this.command = command;
  }

  void write(Measured measured) throws IOException {
    Path folder = Objects.requireNonNull(document.getParent());
    Files.createDirectories(folder);
    GrowthFigure.write(folder.resolve(FIGURE), measured.growth());
    String rows =
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(measured.figures());
    Files.writeString(folder.resolve(ROWS), rows + "\n");
    Files.writeString(document, text(measured));
  }

  private String text(Measured measured) throws IOException {
    List<Verdict> bound = measured.verdicts().stream().filter(Verdict::isBound).toList();
    List<Verdict> lost = bound.stream().filter(verdict -> !verdict.holds()).toList();
    List<Verdict> others = measured.verdicts().stream().filter(v -> !v.isBound()).toList();
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # Benchmark results

        Written by the command below; do not edit.

            java -jar verification/benchmarks/target/waitok-benchmarks.jar %s

        | | |
        |---|---|
        | date | %s, the run took %d s |
        """
            .formatted(command, LocalDate.now(ZoneOffset.UTC), measured.time().toSeconds()));
    Machine.describe().forEach((what, it) -> line(text, what, it));
    text.append(how(measured.pace()));
    text.append("\n## What has to hold\n\n");
    text.append("%d of %d bounds hold; ".formatted(bound.size() - lost.size(), bound.size()));
    text.append("why the others do not: [where the time goes](where-the-time-goes.md).\n\n");
    rows(text, bound);
    text.append("\n![What a pair costs when there is more of everything](" + FIGURE + ")\n");
    text.append("\n## Everything else\n\n");
    rows(text, others);
    return text.toString();
  }

  private static String how(Pace pace) {
    return """

        How it was measured: %d rounds, in each of which every subject runs in a new JVM, ours and the
        peers in turn. A JVM goes through all of its workloads first; then each warms up in %d and is
        measured in %d iterations of %d ms of
        JMH, of which the median counts. The ratio is the median over the rounds of ours by theirs in the
        same round (against 0: ours itself); ours and theirs are medians of their own. Absolute figures
        are this machine's on that day; only the ratios are meant to be compared. Peers run on plain
        platform threads, where they are fastest, but beside ours on virtual threads on virtual threads
        too. Netty runs on its own kind of thread and on plain ones, and counts with the better; its leak
        detection and its checks of bounds and access are off, its caches on for all threads. "mimalloc"
        is called as LWJGL binds it; "critical calls" are direct calls into the same library. An arena for
        each block is confined where one thread uses it, else shared. The best peer of a workload is the
        fastest of all of these. What needs a JVM of its own or long, such as retained memory, is measured
        in the first round only. Nobody else's allocator checks frees or keeps statistics by type; ours
        does both in all rows. The memcached rows, where there are any, are of two processes with
        64 MiB and as many serving threads as processors, each under the same load in turn: %d
        connections that send one command after another, nine gets to a set. The load runs on the same
        processors; it is measured %d times as long as a workload.
        """
        .formatted(
            pace.rounds(),
            pace.warmUps(),
            pace.iterations(),
            pace.millis(),
            MemcachedRows.CONNECTIONS,
            MemcachedRows.LONGER);
  }

  private static void rows(StringBuilder text, List<Verdict> verdicts) {
    line(text, "work", "against", "ours", "theirs", "unit", "ratio", "bound", "holds");
    text.append("|---|---|---:|---:|---|---:|---:|---|\n");
    for (Verdict verdict : verdicts) {
      line(text, Report.cells(verdict));
    }
  }

  private static void line(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
