package dev.waitok.examples.trace;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a gzip'd text, one at a time, with their numbers. Every way in which the file can
 * end or break too early becomes a {@link TraceException} that names the line; a line that is too
 * long for a trace is refused before it fills memory.
 */
final class TraceLines {
  /** The longest line: five numbers of 19 digits and their blanks, with room for a comment. */
  private static final int LONGEST = 1000;

  private final String name;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final byte[] line = new byte[LONGEST];
  private int position;
  private int limit;
  private long number;

  TraceLines(String name, InputStream raw) throws TraceException {
    this.name = name;
    try {
      this.in = new GZIPInputStream(raw, 1 << 16);
    } catch (EOFException e) {
      throw new TraceException(name, 1, "the file is cut off before its first line");
    } catch (ZipException e) {
      throw new TraceException(name, 1, "this is not a gzip file");
    } catch (IOException e) {
      throw new TraceException(name, 1, "the file cannot be read: " + e.getMessage());
    }
  }

  /** The number of the line that {@link #next} gave last, from 1. */
  long number() {
    return number;
  }

  /** The next line without its end, or null after the last one. */
  @Nullable String next() throws TraceException {
    number++;
    int length = 0;
    while (true) {
      if (position == limit && !fill()) {
        if (length > 0) {
          throw damaged("the file is cut off in the middle of a line");
        }
        return null;
      }
      byte b = buffer[position++];
      if (b == '\n') {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
      }
      if (length == LONGEST) {
        throw damaged("longer than " + LONGEST + " characters");
      }
      line[length++] = b;
    }
  }

  /** What is wrong with the line that {@link #next} gave last. */
  TraceException damaged(String what) {
    return new TraceException(name, number, what);
  }

  private boolean fill() throws TraceException {
    try {
      position = 0;
      limit = Math.max(0, in.read(buffer));
      return limit > 0;
    } catch (EOFException e) {
      throw damaged("the file is cut off");
    } catch (ZipException e) {
      throw damaged("the compressed data is damaged (" + e.getMessage() + ")");
    } catch (IOException e) {
      throw damaged("the file cannot be read: " + e.getMessage());
    }
  }
}
