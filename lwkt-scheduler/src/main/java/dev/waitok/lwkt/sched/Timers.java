package dev.waitok.lwkt.sched;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The armed timers of one cpu: a binary heap that knows where each timer is, so it can be removed.
 */
final class Timers {
  private @Nullable Timer[] heap = new @Nullable Timer[16];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /** The earliest deadline; only if there is one. */
  long earliest() {
    return at(0).deadline;
  }

  void add(Timer timer, long deadline) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    timer.deadline = deadline;
    heap[size] = timer;
    timer.position = size;
    size++;
    up(size - 1);
  }

  void remove(Timer timer) {
    int place = timer.position;
    timer.position = -1;
    size--;
    Timer last = at(size);
    heap[size] = null;
    if (place < size) {
      heap[place] = last;
      last.position = place;
      up(place);
      down(last.position);
    }
  }

  /** Takes the earliest timer out if its time has come. */
  @Nullable Timer pollDue(long now) {
    if (size == 0 || earliest() - now > 0) {
      return null;
    }
    Timer due = at(0);
    remove(due);
    return due;
  }

  /** Whether those that are armed only have somebody look again. */
  boolean onlyRechecks() {
    for (int i = 0; i < size; i++) {
      if (!at(i).isRecheck()) {
        return false;
      }
    }
    return true;
  }

  private Timer at(int place) {
    Timer timer = heap[place];
    if (timer == null) {
      throw new IllegalStateException("no timer at " + place + " of " + size);
    }
    return timer;
  }

  private void up(int start) {
    int place = start;
    while (place > 0) {
      int parent = (place - 1) >>> 1;
      if (at(place).deadline - at(parent).deadline >= 0) {
        return;
      }
      swap(place, parent);
      place = parent;
    }
  }

  private void down(int start) {
    int place = start;
    for (; ; ) {
      int child = 2 * place + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && at(child + 1).deadline - at(child).deadline < 0) {
        child++;
      }
      if (at(child).deadline - at(place).deadline >= 0) {
        return;
      }
      swap(place, child);
      place = child;
    }
  }

  private void swap(int a, int b) {
    Timer first = at(a);
    Timer second = at(b);
    heap[a] = second;
    heap[b] = first;
    second.position = a;
    first.position = b;
  }
}
