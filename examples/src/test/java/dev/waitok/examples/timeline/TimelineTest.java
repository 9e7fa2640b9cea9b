package dev.waitok.examples.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.waitok.examples.Installed;
import dev.waitok.examples.Launcher;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import jdk.jfr.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a recording to a picture, which a browser draws. */
class TimelineTest {
  private static final int PREEMPTIONS = 50;

  @TempDir private Path directory;

  /** A recording in which an interrupt preempts a thread, and a FAST one interrupts it. */
  private Path recording(Dispatch dispatch) throws IOException {
    Path file = directory.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.waitok.Run");
      recording.enable("dev.waitok.Pages").withPeriod(java.time.Duration.ofMillis(20));
      recording.start();
      try (Kmalloc kmalloc = Kmalloc.builder().arena(64 << 12).build();
          Lwkt lwkt = Lwkt.builder().cpus(1).dispatch(dispatch).kmalloc(kmalloc).start()) {
        MallocType type = kmalloc.type("t");
        AtomicInteger runs = new AtomicInteger();
        Interrupt nic =
            lwkt.cpu(0).interrupt("nic</script>", Priority.INT_MED, runs::incrementAndGet);
        Interrupt fast =
            lwkt.cpu(0).fastInterrupt("tick", Priority.INT_HIGH, runs::incrementAndGet);
        lwkt.thread("computes")
            .start(
                () -> {
                  long block = type.kmallocAddress(100);
                  for (int i = 0; i < PREEMPTIONS; i++) {
                    nic.raise();
                    fast.raise();
                    Lwkt.poll();
                  }
                  type.kfree(block);
                })
            .join(java.time.Duration.ofSeconds(20));
        assertThat(runs.get()).isEqualTo(2 * PREEMPTIONS);
        long until = System.nanoTime() + 100_000_000; // a sample of the pages at least
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      recording.stop();
      recording.dump(file);
    }
    return file;
  }

  @ParameterizedTest
  @EnumSource(names = {"DIRECT", "PORTABLE"})
  void preemptionsAreInsideTheBarOfWhoIsPreempted(Dispatch dispatch) throws IOException {
    Timeline timeline = RecordingReader.read(recording(dispatch));
    assertThat(timeline.lost()).isZero();
    assertThat(timeline.pages()).isNotEmpty().allMatch(p -> p.free() + p.wired() == 64);
    List<Bars.Bar> bars = Bars.of(timeline);
    List<Bars.Bar> nested = bars.stream().filter(b -> b.depth() > 0).toList();
    assertThat(nested.stream().filter(b -> b.kind().equals("preempts"))).hasSize(PREEMPTIONS);
    assertThat(nested.stream().filter(b -> b.kind().equals("fast"))).hasSize(PREEMPTIONS);
    for (Bars.Bar bar : nested) {
      assertThat(bars)
          .as("%s", bar)
          .anyMatch(
              b ->
                  b.thread().equals("computes")
                      && b.from() <= bar.from() + 1
                      && b.to() >= bar.to() - 1);
    }
  }

  @Test
  void traceEventsAreWhatPerfettoReads() throws IOException {
    Path events = directory.resolve("events.json");
    Path page = directory.resolve("page.html");
    int runs = Pictures.write(recording(Dispatch.PORTABLE), "title", page, events);
    JsonNode all = new ObjectMapper().readTree(events.toFile()).get("traceEvents");
    Set<String> phases = new HashSet<>();
    int bars = 0;
    for (JsonNode event : all) {
      phases.add(event.get("ph").asText());
      assertThat(event.get("pid").isInt()).isTrue();
      assertThat(event.get("tid").isInt()).isTrue();
      assertThat(event.get("ts").isNumber()).isTrue();
      if (event.get("ph").asText().equals("X")) {
        bars++;
        assertThat(event.get("dur").asDouble()).isNotNegative();
      }
    }
    assertThat(phases).containsExactlyInAnyOrder("M", "X", "C");
    assertThat(bars).isPositive().isLessThanOrEqualTo(runs);
  }

  @Test
  void aBrowserDrawsThePage() throws Exception {
    Installed.require("chromium");
    Path page = directory.resolve("page.html");
    int _ = Pictures.write(recording(Dispatch.PORTABLE), "a <b>title</b>", page, null);
    String dom = dom(page);
    assertThat(dom).contains("a &lt;b&gt;title&lt;/b&gt;");
    assertThat(bars(dom, "class=\"bar preempts\"")).isEqualTo(PREEMPTIONS);
    assertThat(bars(dom, "class=\"bar fast\"")).isEqualTo(PREEMPTIONS);
    assertThat(bars(dom, "data-depth=\"0\"") + 2 * PREEMPTIONS).isEqualTo(bars(dom, "class=\"bar"));
    assertThat(bars(dom, "data-thread=\"computes\"")).isPositive();
    assertThat(dom).contains("data-thread=\"nic&lt;/script&gt;\"").contains(" cpu 0</div>");
    for (String queue : List.of("free", "cache", "inactive", "active", "wired", "waiting")) {
      assertThat(dom).containsPattern("<path class=\"" + queue + "\" d=\"M[0-9. L]+\"");
    }
    assertThat(dom).contains("<th class=\"name\">p99</th>").contains("0 runs were lost");
  }

  private static long bars(String dom, String what) {
    return Stream.of(dom.split("<rect")).filter(rect -> rect.contains(what)).count();
  }

  private String dom(Path page) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("chromium", "--headless", "--no-sandbox", "--disable-gpu"));
    command.addAll(
        List.of(
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + directory.resolve("browser"),
            "--dump-dom",
            page.toUri().toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      String dom = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isZero();
      return dom;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private String launch(int status, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int got = Launcher.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    assertThat(got).as("%s%s", out, err).isEqualTo(status);
    return status == 0 ? out.toString() : err.toString();
  }

  @Test
  void everyProgramTakesTheOption() throws IOException {
    Path events = directory.resolve("storm.json");
    String _ = launch(0, "storm", "--requests", "200", "--timeline", events.toString());
    assertThat(new ObjectMapper().readTree(events.toFile()).get("traceEvents")).isNotEmpty();
    assertThat(directory.resolve("storm.json.html")).content().contains("\"kind\":\"preempts\"");
    assertThat(launch(2, "storm", "--timeline", directory.toString()))
        .contains("--timeline: '" + directory + "' cannot be written");
  }

  @Test
  void traceEventsAreCompressedIfTheNameSaysSo() throws IOException {
    Path events = directory.resolve("storm.json.gz");
    String _ = launch(0, "storm", "--requests", "200", "--timeline", events.toString());
    try (InputStream in = new GZIPInputStream(Files.newInputStream(events))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(new ObjectMapper().readTree(text).get("traceEvents")).isNotEmpty();
      assertThat(text).containsPattern("\"ts\":\\d+\\.\\d{3}[,}]");
      assertThat(text).as("no digit after the nanoseconds").doesNotContainPattern("\\.\\d{4}");
    }
    assertThat(directory.resolve("storm.json.gz.html")).exists();
  }

  @Test
  void aReportIsMadeOfARecordingAndOfNothingElse() throws IOException {
    Path recording = recording(Dispatch.PORTABLE);
    assertThat(launch(0, "report", recording.toString()))
        .contains("run.jfr.html: ")
        .contains("runs");
    assertThat(directory.resolve("run.jfr.html")).content().contains("\"thread\":\"computes\"");
    Path bad = Files.writeString(directory.resolve("bad.jfr"), "no recording");
    assertThat(launch(2, "report", bad.toString())).contains("bad.jfr is no flight recording");
    assertThat(launch(2, "report", "none.jfr")).contains("'none.jfr' is no file");
  }
}
