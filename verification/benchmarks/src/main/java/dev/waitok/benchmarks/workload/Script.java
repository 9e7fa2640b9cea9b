package dev.waitok.benchmarks.workload;

import dev.waitok.examples.trace.BundledTraces;
import dev.waitok.examples.trace.Trace;
import dev.waitok.examples.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A trace made ready to be replayed at speed: ids have become slots, which are used again and
 * again, and what is live at the end is freed.
 */
public final class Script {
  static final byte FREE = 0;
  static final byte ALLOCATE = 1;
  static final byte ZEROED = 2;
  static final byte ALIGNED = 3;
  static final byte REALLOCATE = 4;

  private static final int NONE = -1;

  private final byte[] operations;
  private final int[] slots;
  private final int[] sizes;
  private final int[] arguments;
  private final int events;
  private final int slotCount;

  private Script(Trace trace) {
    int most = trace.events() + trace.ids();
    operations = new byte[most];
    slots = new int[most];
    sizes = new int[most];
    arguments = new int[most];
    int[] slotOf = new int[trace.ids()];
    int[] sizeOf = new int[trace.ids()];
    Arrays.fill(slotOf, NONE);
    Deque<Integer> free = new ArrayDeque<>();
    int used = 0;
    int at = 0;
    for (int event = 0; event < trace.events(); event++, at++) {
      int id = trace.id(event);
      int argument = trace.argument(event);
      byte operation = operation(trace, event);
      operations[at] = operation;
      if (operation == FREE) {
        slots[at] = slotOf[id];
        free.push(slotOf[id]);
        slotOf[id] = NONE;
        continue;
      }
      if (operation == REALLOCATE) {
        slotOf[id] = slotOf[argument];
        slotOf[argument] = NONE;
        arguments[at] = sizeOf[argument];
      } else {
        slotOf[id] = free.isEmpty() ? used++ : free.pop();
        arguments[at] = argument;
      }
      slots[at] = slotOf[id];
      // Some programs ask for nothing; not every allocator has an answer to that.
      sizes[at] = Math.max(1, Math.toIntExact(trace.size(event)));
      sizeOf[id] = sizes[at];
    }
    for (int slot : slotOf) {
      if (slot != NONE) {
        operations[at] = FREE;
        slots[at++] = slot;
      }
    }
    events = at;
    slotCount = used;
  }

  private static byte operation(Trace trace, int event) {
    return switch (trace.operation(event)) {
      case Trace.FREE -> FREE;
      case Trace.CALLOC -> ZEROED;
      case Trace.MEMALIGN -> ALIGNED;
      case Trace.REALLOC -> trace.argument(event) == Trace.NO_ID ? ALLOCATE : REALLOCATE;
      default -> ALLOCATE;
    };
  }

  /**
   * Reads a trace.
   *
   * @param trace a file, or the name of a bundled one
   * @return its script
   * @throws IOException if there is no such trace or it is damaged
   */
  public static Script read(String trace) throws IOException {
    return of(load(trace));
  }

  static Script of(Trace trace) {
    return new Script(trace);
  }

  /**
   * Reads a trace as it is.
   *
   * @param trace a file, or the name of a bundled one
   * @return the trace
   * @throws IOException if there is no such trace or it is damaged
   */
  public static Trace load(String trace) throws IOException {
    boolean bundled = trace.equals(BundledTraces.COMPILER) || trace.equals(BundledTraces.REPACK);
    return bundled ? BundledTraces.read(trace) : TraceReader.read(Path.of(trace));
  }

  public int slots() {
    return slotCount;
  }

  int events() {
    return events;
  }

  byte operation(int event) {
    return operations[event];
  }

  int slot(int event) {
    return slots[event];
  }

  int size(int event) {
    return sizes[event];
  }

  /** The old size of a reallocation, the alignment of an aligned block. */
  int argument(int event) {
    return arguments[event];
  }
}
