package dev.waitok.examples.timeline;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes what a recording shows into files. */
final class Pictures {
  private Pictures() {}

  /**
   * Writes a page, and trace events if asked for.
   *
   * @return how many runs there are
   */
  static int write(Path recording, String title, Path page, @Nullable Path traceEvents)
      throws IOException {
    Timeline timeline = RecordingReader.read(recording);
    Files.writeString(page, Page.of(title, timeline));
    if (traceEvents != null) {
      try (Writer to = Files.newBufferedWriter(traceEvents)) {
        TraceEvents.write(timeline, to);
      }
    }
    return timeline.runs().size();
  }
}
