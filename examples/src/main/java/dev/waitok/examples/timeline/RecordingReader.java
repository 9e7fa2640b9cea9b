package dev.waitok.examples.timeline;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Reads the library's events out of a flight recording. */
final class RecordingReader {
  static final String RUN = "dev.waitok.Run";
  static final String PAGES = "dev.waitok.Pages";

  private final List<RecordedEvent> runs = new ArrayList<>();
  private final List<RecordedEvent> pages = new ArrayList<>();

  private RecordingReader() {}

  /**
   * Reads a file.
   *
   * @throws IOException if it is no recording
   */
  static Timeline read(Path file) throws IOException {
    RecordingReader reader = new RecordingReader();
    try (RecordingFile recording = new RecordingFile(file)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        switch (event.getEventType().getName()) {
          case RUN -> reader.runs.add(event);
          case PAGES -> reader.pages.add(event);
          default -> {
            // another program's, or one that has no place in the picture
          }
        }
      }
    }
    return reader.timeline();
  }

  private Timeline timeline() {
    Instant first = Instant.MAX;
    for (RecordedEvent run : runs) {
      first = earlier(first, begin(run));
    }
    for (RecordedEvent sample : pages) {
      first = earlier(first, sample.getStartTime());
    }
    List<Timeline.Run> allRuns = new ArrayList<>();
    Map<String, Long> lost = new HashMap<>();
    for (RecordedEvent run : runs) {
      double from = micros(first, begin(run));
      String scheduler = run.getString("scheduler");
      int cpu = run.getInt("cpu");
      allRuns.add(
          new Timeline.Run(
              scheduler,
              cpu,
              run.getString("thread"),
              run.getLong("number"),
              run.getInt("priority"),
              run.getString("kind"),
              from,
              from + run.getDuration("ran").toNanos() / 1e3));
      lost.merge(scheduler + cpu, run.getLong("lost"), Math::max);
    }
    allRuns.sort(Comparator.comparingDouble(Timeline.Run::from));
    List<Timeline.Pages> allPages = new ArrayList<>();
    for (RecordedEvent s : pages) {
      allPages.add(
          new Timeline.Pages(
              s.getInt("arena"),
              micros(first, s.getStartTime()),
              s.getInt("free"),
              s.getInt("cache"),
              s.getInt("inactive"),
              s.getInt("active"),
              s.getInt("hold"),
              s.getInt("wired"),
              s.getInt("waiting")));
    }
    allPages.sort(Comparator.comparingDouble(Timeline.Pages::at));
    return new Timeline(allRuns, allPages, lost.values().stream().mapToLong(Long::longValue).sum());
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant begin(RecordedEvent run) {
    return Instant.ofEpochSecond(0, run.getLong("began"));
  }

  private static double micros(Instant first, Instant at) {
    return Duration.between(first, at).toNanos() / 1e3;
  }
}
