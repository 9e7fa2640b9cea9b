package dev.waitok.examples.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trace and believes nothing: fields, numbers, the order of time, ids that are new when
 * they are made and live when they are freed or replaced. A trace that was read can be replayed
 * without further checks. The first thing that is wrong ends the reading with its line.
 *
 * <p>The format is gzip'd text, one event a line: {@code MICROS THREAD a|z ID SIZE}, {@code MICROS
 * THREAD m ID SIZE ALIGN}, {@code MICROS THREAD r ID SIZE OLD} (0 for none), {@code MICROS THREAD f
 * ID}; a line that begins with {@code #} is a comment.
 */
public final class TraceReader {
  /** No recorded program asks for more at once; a larger number is a damaged one. */
  private static final long LARGEST_SIZE = 1L << 40;

  private static final long FREED = -1;

  private final TraceLines lines;
  private final String name;
  private final TraceColumns columns = new TraceColumns();
  private final Map<Long, Integer> threads = new HashMap<>();
  private final Map<Long, Integer> ids = new HashMap<>();

  /** The size of each id while it is live, then {@link #FREED}. */
  private long[] sizes = new long[1024];

  private long lastTime;
  private int requests;
  private long live;
  private long livePeak;

  private TraceReader(String name, InputStream in) throws TraceException {
    this.name = name;
    this.lines = new TraceLines(name, in);
  }

  /**
   * Reads a file.
   *
   * @param file a gzip'd trace
   * @return the trace
   * @throws TraceException if the file is no complete trace
   * @throws IOException if there is no such file or it cannot be read; the message says so
   */
  public static Trace read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": this is a directory, not a trace");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(String.valueOf(file.getFileName()), in);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    }
  }

  /**
   * Reads a stream.
   *
   * @param name what messages call it
   * @param in a gzip'd trace; it is not closed
   * @return the trace
   * @throws TraceException if it is no complete trace
   */
  public static Trace read(String name, InputStream in) throws TraceException {
    return new TraceReader(name, in).read();
  }

  private Trace read() throws TraceException {
    @Nullable String line;
    while ((line = lines.next()) != null) {
      if (!line.startsWith("#")) {
        event(line.trim().split("\\s+"));
      }
    }
    if (columns.rows() == 0) {
      throw lines.damaged("the file holds no event");
    }
    return new Trace(columns, name, threads.size(), ids.size(), requests, livePeak);
  }

  private void event(String[] fields) throws TraceException {
    if (fields.length < 4 || fields[2].length() != 1) {
      throw lines.damaged("this is no event; 'MICROS THREAD OPERATION ID ...' is expected");
    }
    long time = number(fields[0], "time", Long.MAX_VALUE);
    if (time < lastTime) {
      throw lines.damaged("time runs back from " + lastTime + " to " + time);
    }
    lastTime = time;
    int thread =
        threads.computeIfAbsent(number(fields[1], "thread", Long.MAX_VALUE), key -> threads.size());
    byte operation = (byte) fields[2].charAt(0);
    switch (operation) {
      case Trace.MALLOC, Trace.CALLOC -> {
        expect(fields, 5);
        long size = size(fields[4]);
        columns.add(time, operation, thread, make(fields[3], size), size, Trace.NO_ID);
      }
      case Trace.MEMALIGN -> {
        expect(fields, 6);
        long size = size(fields[4]);
        int alignment = alignment(fields[5]);
        columns.add(time, operation, thread, make(fields[3], size), size, alignment);
      }
      case Trace.REALLOC -> {
        expect(fields, 6);
        long size = size(fields[4]);
        int old = fields[5].equals("0") ? Trace.NO_ID : end(fields[5], "realloc");
        columns.add(time, operation, thread, make(fields[3], size), size, old);
      }
      case Trace.FREE -> {
        expect(fields, 4);
        columns.add(time, operation, thread, end(fields[3], "free"), 0, Trace.NO_ID);
      }
      default ->
          throw lines.damaged("unknown operation '" + fields[2] + "'; a, z, m, r or f is expected");
    }
  }

  private void expect(String[] fields, int count) throws TraceException {
    if (fields.length != count) {
      throw lines.damaged(
          "'" + fields[2] + "' has " + count + " fields, this line has " + fields.length);
    }
  }

  /** A new id becomes live; the peak is taken after what the same event replaced is gone. */
  private int make(String field, long size) throws TraceException {
    long id = number(field, "id", Long.MAX_VALUE);
    int dense = ids.size();
    if (id == 0) {
      throw lines.damaged("id 0 stands for no block");
    }
    if (ids.putIfAbsent(id, dense) != null) {
      throw lines.damaged("id " + id + " was used before");
    }
    if (dense == sizes.length) {
      sizes = Arrays.copyOf(sizes, dense * 2);
    }
    sizes[dense] = size;
    requests++;
    live += size;
    livePeak = Math.max(livePeak, live);
    return dense;
  }

  private int end(String field, String verb) throws TraceException {
    long id = number(field, "id", Long.MAX_VALUE);
    @Nullable Integer dense = ids.get(id);
    if (dense == null) {
      throw lines.damaged(verb + " of id " + id + ", which was never allocated");
    }
    if (sizes[dense] == FREED) {
      throw lines.damaged(verb + " of id " + id + ", which is freed already");
    }
    live -= sizes[dense];
    sizes[dense] = FREED;
    return dense;
  }

  private long size(String field) throws TraceException {
    return number(field, "size", LARGEST_SIZE);
  }

  private int alignment(String field) throws TraceException {
    long alignment = number(field, "alignment", 1 << 30);
    if (Long.bitCount(alignment) != 1) {
      throw lines.damaged("alignment " + alignment + " is no power of two");
    }
    return (int) alignment;
  }

  private long number(String field, String what, long largest) throws TraceException {
    long value = 0;
    for (int i = 0; i < field.length(); i++) {
      int digit = field.charAt(i) - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        throw lines.damaged("'" + field + "' is no " + what);
      }
      value = value * 10 + digit;
    }
    if (field.isEmpty() || value > largest) {
      throw lines.damaged("'" + field + "' is no " + what + " up to " + largest);
    }
    return value;
  }
}
