package dev.waitok.examples.memcached;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the commands do to values, whichever protocol they come from. */
final class Values {
  private static final String NOT_NUMERIC =
      "CLIENT_ERROR cannot increment or decrement non-numeric value";

  private final Store store;
  private final Statistics statistics;

  Values(Store store, Statistics statistics) {
    this.store = store;
    this.statistics = statistics;
  }

  /**
   * A change of a value.
   *
   * @param cas of the value that is to be replaced, for {@code cas}
   */
  record Request(Key key, int flags, long expiresAt, long cas) {}

  /**
   * What became of a change.
   *
   * @param answer in the text protocol's words
   * @param cas of the new value, or 0
   */
  record Changed(String answer, long cas) {}

  /** A number as text, and its value's cas. */
  record Counted(String number, long cas) {}

  /** A live item, held for the caller, and counted as read; or null. */
  @Nullable Item get(Key key) {
    Item item = store.get(key);
    statistics.got(item != null);
    if (item != null) {
      item.used(store.now());
    }
    return item;
  }

  /** Does a change with an item that the caller holds, and gives up; the answer. */
  Changed change(String command, Request request, Item item) {
    statistics.changed();
    return switch (command) {
      case "append" -> join(request.key(), item, true);
      case "prepend" -> join(request.key(), item, false);
      default -> put(command, request, item);
    };
  }

  private Changed put(String command, Request request, Item item) {
    boolean[] found = {false};
    boolean stored =
        store.store(
            request.key(),
            item,
            present -> {
              found[0] = present != null;
              return switch (command) {
                case "add" -> present == null;
                case "replace" -> present != null;
                case "cas" -> present != null && present.cas == request.cas();
                default -> true;
              };
            });
    if (stored) {
      return new Changed("STORED", item.cas);
    }
    item.release();
    if (command.equals("cas")) {
      return new Changed(found[0] ? "EXISTS" : "NOT_FOUND", 0);
    }
    return new Changed("NOT_STORED", 0);
  }

  /** Puts a value behind or before the one that is there, as a new item. */
  private Changed join(Key key, Item part, boolean behind) {
    try {
      for (; ; ) {
        Item present = store.get(key);
        if (present == null) {
          return new Changed("NOT_STORED", 0);
        }
        try {
          int length = present.length() + part.length();
          if (length > Commands.LARGEST_VALUE) {
            throw new Refused("SERVER_ERROR object too large for cache");
          }
          Item joined = store.newItem(length, present.flags, present.expiresAt());
          Item first = behind ? present : part;
          Item second = behind ? part : present;
          copy(first, joined, 0);
          copy(second, joined, first.length());
          if (replaces(key, present, joined)) {
            return new Changed("STORED", joined.cas);
          }
        } finally {
          present.release();
        }
      }
    } finally {
      part.release();
    }
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
   * @return the new number, or null if there is none
   */
  @Nullable Counted count(Key key, long by, boolean up) {
    for (; ; ) {
      Item present = store.get(key);
      if (present == null) {
        return null;
      }
      try {
        String text = present.length() > 20 ? "" : present.text().strip();
        long now = Words.unsigned(text, NOT_NUMERIC);
        long less = Long.compareUnsigned(now, by) < 0 ? 0 : now - by;
        String next = Long.toUnsignedString(up ? now + by : less);
        Item item = itemOf(next, present.flags, present.expiresAt());
        if (replaces(key, present, item)) {
          return new Counted(next, item.cas);
        }
      } finally {
        present.release();
      }
    }
  }

  /** Begins a number that is not there; null if it has come meanwhile. */
  @Nullable Counted begin(Key key, String number, long expiresAt) {
    Item item = itemOf(number, 0, expiresAt);
    if (store.store(key, item, present -> present == null)) {
      return new Counted(number, item.cas);
    }
    item.release();
    return null;
  }

  /** An item with a text for its value, held by the caller. */
  Item itemOf(String text, int flags, long expiresAt) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Item item = store.newItem(bytes.length, flags, expiresAt);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, item.value, 0, bytes.length);
    return item;
  }
}
