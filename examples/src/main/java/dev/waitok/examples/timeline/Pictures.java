package dev.waitok.examples.timeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
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
      try (Writer to = writer(traceEvents)) {
        TraceEvents.write(timeline, to);
      }
    }
    return timeline.runs().size();
  }

  /** Into a file that is gzip'd if its name says so: those who open trace events take both. */
  private static Writer writer(Path file) throws IOException {
    OutputStream bytes = new BufferedOutputStream(Files.newOutputStream(file));
    return new OutputStreamWriter(
        file.toString().endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes, UTF_8);
  }
}
