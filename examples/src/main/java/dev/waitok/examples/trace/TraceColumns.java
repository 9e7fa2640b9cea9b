package dev.waitok.examples.trace;

import java.util.Arrays;

/** The growing columns of a trace that is being read: one row an event. */
final class TraceColumns {
  private int rows;
  private long[] micros = new long[1024];
  private byte[] operations = new byte[1024];
  private int[] threads = new int[1024];
  private int[] ids = new int[1024];
  private long[] sizes = new long[1024];
  private int[] arguments = new int[1024];

  void add(long time, byte operation, int thread, int id, long size, int argument) {
    if (rows == operations.length) {
      int capacity = rows * 2;
      micros = Arrays.copyOf(micros, capacity);
      operations = Arrays.copyOf(operations, capacity);
      threads = Arrays.copyOf(threads, capacity);
      ids = Arrays.copyOf(ids, capacity);
      sizes = Arrays.copyOf(sizes, capacity);
      arguments = Arrays.copyOf(arguments, capacity);
    }
    micros[rows] = time;
    operations[rows] = operation;
    threads[rows] = thread;
    ids[rows] = id;
    sizes[rows] = size;
    arguments[rows] = argument;
    rows++;
  }

  int rows() {
    return rows;
  }

  long[] micros() {
    return Arrays.copyOf(micros, rows);
  }

  byte[] operations() {
    return Arrays.copyOf(operations, rows);
  }

  int[] threads() {
    return Arrays.copyOf(threads, rows);
  }

  int[] ids() {
    return Arrays.copyOf(ids, rows);
  }

  long[] sizes() {
    return Arrays.copyOf(sizes, rows);
  }

  int[] arguments() {
    return Arrays.copyOf(arguments, rows);
  }
}
