package dev.waitok.examples.trace;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Makes traces for tests. */
public final class TraceFiles {
  private TraceFiles() {}

  /** Lines as a gzip'd file, each with its end. */
  public static byte[] gzip(String... lines) {
    return gzipText(String.join("\n", lines) + "\n");
  }

  /** A text as a gzip'd file. */
  public static byte[] gzipText(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Lines as a trace. */
  public static Trace trace(String... lines) {
    try {
      return read(gzip(lines));
    } catch (TraceException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Trace read(byte[] file) throws TraceException {
    return TraceReader.read("t.gz", new ByteArrayInputStream(file));
  }
}
