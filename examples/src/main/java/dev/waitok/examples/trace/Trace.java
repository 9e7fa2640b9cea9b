package dev.waitok.examples.trace;

/**
 * One recorded run of a program: every request for memory and every free, in order. Events are held
 * in arrays by column; threads and ids are numbered densely from 0 in the order of their first
 * appearance, so that a replay can keep its own state in arrays as well. Immutable once read.
 */
public final class Trace {
  /** A malloc. */
  public static final byte MALLOC = 'a';

  /** A calloc: the memory is zeroed. */
  public static final byte CALLOC = 'z';

  /** A memalign: {@link #argument} is the alignment. */
  public static final byte MEMALIGN = 'm';

  /** A realloc: {@link #argument} is the id that is replaced, or {@link #NO_ID}. */
  public static final byte REALLOC = 'r';

  /** A free. */
  public static final byte FREE = 'f';

  /** What {@link #argument} of a realloc says when it replaces nothing. */
  public static final int NO_ID = -1;

  private final String name;
  private final int threads;
  private final int ids;
  private final int requests;
  private final long livePeak;
  private final long[] micros;
  private final byte[] operations;
  private final int[] threadOf;
  private final int[] idOf;
  private final long[] sizes;
  private final int[] arguments;

  Trace(TraceColumns columns, String name, int threads, int ids, int requests, long livePeak) {
    this.name = name;
    this.threads = threads;
    this.ids = ids;
    this.requests = requests;
    this.livePeak = livePeak;
    this.micros = columns.micros();
    this.operations = columns.operations();
    this.threadOf = columns.threads();
    this.idOf = columns.ids();
    this.sizes = columns.sizes();
    this.arguments = columns.arguments();
  }

  /** The name of the file it came from. */
  public String name() {
    return name;
  }

  /** How many events it holds. */
  public int events() {
    return operations.length;
  }

  /** How many threads it has; they are numbered from 0. */
  public int threads() {
    return threads;
  }

  /** How many ids it has; they are numbered from 0. */
  public int ids() {
    return ids;
  }

  /** How many of its events ask for memory: all but the frees. */
  public int requests() {
    return requests;
  }

  /** The highest sum of the sizes that are live at once, in file order. */
  public long livePeak() {
    return livePeak;
  }

  /** The time of the last event, in microseconds since the start. */
  public long duration() {
    return micros[micros.length - 1];
  }

  /** When an event happened, in microseconds since the start. */
  public long micros(int event) {
    return micros[event];
  }

  /** What an event is, such as {@link #MALLOC}. */
  public byte operation(int event) {
    return operations[event];
  }

  /** Whether an event asks for memory. */
  public boolean isRequest(int event) {
    return operations[event] != FREE;
  }

  /** The number of an event's thread. */
  public int thread(int event) {
    return threadOf[event];
  }

  /** The number of the id that an event makes or frees. */
  public int id(int event) {
    return idOf[event];
  }

  /** The size asked for; 0 for a free. */
  public long size(int event) {
    return sizes[event];
  }

  /** The alignment of a memalign, the replaced id of a realloc, else {@link #NO_ID}. */
  public int argument(int event) {
    return arguments[event];
  }

  /** The largest size that one event asks for. */
  public long largest() {
    long largest = 0;
    for (long size : sizes) {
      largest = Math.max(largest, size);
    }
    return largest;
  }

  /** The sum of all sizes asked for. */
  public long requestedBytes() {
    long bytes = 0;
    for (long size : sizes) {
      bytes += size;
    }
    return bytes;
  }

  @Override
  public String toString() {
    return name + " (" + events() + " events, " + threads + " threads)";
  }
}
