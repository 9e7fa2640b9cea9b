package dev.waitok.examples.memcached;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the commands do to values, whichever protocol they come from. */
final class Values {
  private final Store store;
  private final Statistics statistics;

  Values(Store store, Statistics statistics) {
    this.store = store;
    this.statistics = statistics;
  }

  /** How a change goes about what is there. */
  enum Mode {
    SET,
    ADD,
    REPLACE,
    APPEND,
    PREPEND;

    boolean joins() {
      return this == APPEND || this == PREPEND;
    }

    private boolean allows(@Nullable Item present) {
      return this == SET || (this == ADD) == (present == null);
    }
  }

  /** What became of a change; the names are the text protocol's answers. */
  enum Result {
    STORED,
    NOT_STORED,
    EXISTS,
    NOT_FOUND
  }

  /**
   * A change of a value.
   *
   * @param cas if not null, the value that is there must be there, and be that one
   */
  record Request(Key key, Mode mode, int flags, long expiresAt, @Nullable Long cas) {}

  /**
   * What became of a change.
   *
   * @param cas of the new value, or 0
   * @param length of the new value, or 0
   */
  record Changed(Result result, long cas, int length) {
    private static Changed not(Result why) {
      return new Changed(why, 0, 0);
    }
  }

  /** What became of a count: the new number as text, and its value's cas. */
  record Counted(Result result, String number, long cas) {
    private static Counted not(Result why) {
      return new Counted(why, "", 0);
    }
  }

  /** A live item, held for the caller, and counted as asked for; or null. */
  @Nullable Item get(Key key) {
    Item item = store.get(key);
    statistics.got(item != null);
    return item;
  }

  /** Why a value does not let a change of that cas be made; null if it does. */
  private static @Nullable Result refusal(@Nullable Item present, @Nullable Long cas) {
    if (cas == null) {
      return null;
    }
    return present == null ? Result.NOT_FOUND : present.cas == cas ? null : Result.EXISTS;
  }

  /** Does a change with an item that the caller holds, and gives up. */
  Changed change(Request request, Item item) {
    statistics.changed();
    return request.mode().joins() ? join(request, item) : put(request, item);
  }

  private Changed put(Request request, Item item) {
    Result[] why = {Result.NOT_STORED};
    boolean stored =
        store.store(
            request.key(),
            item,
            present -> {
              Result refusal = refusal(present, request.cas());
              why[0] = refusal == null ? Result.NOT_STORED : refusal;
              return refusal == null && request.mode().allows(present);
            });
    if (stored) {
      return new Changed(Result.STORED, item.cas, item.length());
    }
    item.release();
    return Changed.not(why[0]);
  }

  /** Puts a value behind or before the one that is there, as a new item. */
  private Changed join(Request request, Item part) {
    boolean behind = request.mode() == Mode.APPEND;
    try {
      for (; ; ) {
        Item present = store.get(request.key());
        if (present == null) {
          return Changed.not(request.cas() == null ? Result.NOT_STORED : Result.NOT_FOUND);
        }
        try {
          if (refusal(present, request.cas()) != null) {
            return Changed.not(Result.EXISTS);
          }
          int length = present.length() + part.length();
          if (length > Commands.LARGEST_VALUE) {
            throw Refused.tooLarge();
          }
          Item joined = store.newItem(request.key(), length, present.flags, present.expiresAt());
          Item first = behind ? present : part;
          Item second = behind ? part : present;
          copy(first, joined, 0);
          copy(second, joined, first.length());
          if (replaces(request.key(), present, joined)) {
            return new Changed(Result.STORED, joined.cas, length);
          }
        } finally {
          present.release();
        }
      }
    } finally {
      part.release();
    }
  }

  /** Deletes a value, if it is that of a cas or that is null; STORED if it is gone now. */
  Result delete(Key key, @Nullable Long cas) {
    Result[] why = {Result.NOT_FOUND};
    boolean removed =
        store.remove(
            key,
            present -> {
              Result refusal = refusal(present, cas);
              why[0] = refusal == null ? Result.STORED : refusal;
              return refusal == null;
            });
    return removed ? Result.STORED : why[0];
  }

  private static void copy(Item from, Item to, long at) {
    MemorySegment.copy(from.value, 0, to.value, at, from.length());
  }

  /** Stores an item in place of one that the caller has seen; else gives the new one up. */
  @SuppressWarnings("ReferenceEquality") // identity is what counts
  private boolean replaces(Key key, Item seen, Item with) {
    boolean stored = store.store(key, with, present -> present == seen);
    if (!stored) {
      with.release();
    }
    return stored;
  }

  /**
   * Counts up or down; down ends at 0, up goes round.
   *
   * @param cas if not null, the value must be that one
   * @throws Refused if it is no number
   */
  Counted count(Key key, long by, boolean up, @Nullable Long cas) {
    for (; ; ) {
      Item present = store.get(key);
      if (present == null) {
        return Counted.not(Result.NOT_FOUND);
      }
      try {
        if (refusal(present, cas) != null) {
          return Counted.not(Result.EXISTS);
        }
        long now = number(present);
        long less = Long.compareUnsigned(now, by) < 0 ? 0 : now - by;
        String next = Long.toUnsignedString(up ? now + by : less);
        Item item = itemOf(key, next, present.flags, present.expiresAt());
        if (replaces(key, present, item)) {
          return new Counted(Result.STORED, next, item.cas);
        }
      } finally {
        present.release();
      }
    }
  }

  private static long number(Item item) {
    try {
      return Long.parseUnsignedLong(item.length() > 20 ? "" : item.text().strip());
    } catch (NumberFormatException e) {
      throw Refused.notANumber();
    }
  }

  /** Begins a number, if none has come meanwhile. */
  Counted begin(Key key, String number, long expiresAt) {
    Item item = itemOf(key, number, 0, expiresAt);
    if (store.store(key, item, present -> present == null)) {
      return new Counted(Result.STORED, number, item.cas);
    }
    item.release();
    return Counted.not(Result.NOT_STORED);
  }

  /** An item with a text for its value, held by the caller. */
  Item itemOf(Key key, String text, int flags, long expiresAt) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Item item = store.newItem(key, bytes.length, flags, expiresAt);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, item.value, 0, bytes.length);
    return item;
  }
}
