package dev.waitok.examples.memcached;

import java.io.IOException;

/** The classic commands of the text protocol, for one connection. */
final class Commands {
  static final int LARGEST_VALUE = 1 << 20;
  static final String VERSION = "1.6.0-waitok";

  private final Store store;
  private final Statistics statistics;
  private final Input in;
  private final Output out;
  private final Values values;
  private final MetaCommands meta;

  Commands(Store store, Statistics statistics, Input in, Output out) {
    this.store = store;
    this.statistics = statistics;
    this.in = in;
    this.out = out;
    this.values = new Values(store, statistics);
    this.meta = new MetaCommands(store, values, this, out);
  }

  /** Does one line, with the value behind it; false if the client wants no more. */
  boolean execute(String line) throws IOException {
    Words words = Words.of(line);
    try {
      return switch (words.command()) {
        case "get", "gets" -> get(words, 1, Long.MIN_VALUE);
        case "gat", "gats" -> getAndTouch(words);
        case "set", "cas" -> change(words, Values.Mode.SET);
        case "add" -> change(words, Values.Mode.ADD);
        case "replace" -> change(words, Values.Mode.REPLACE);
        case "append" -> change(words, Values.Mode.APPEND);
        case "prepend" -> change(words, Values.Mode.PREPEND);
        case "incr", "decr" -> count(words);
        case "delete" -> delete(words);
        case "touch" -> touch(words);
        case "flush_all" -> flushAll(words);
        case "stats" -> stats(words);
        case "version" -> say(false, "VERSION " + VERSION);
        case "verbosity" -> verbosity(words);
        case "quit" -> false;
        default -> meta.execute(words);
      };
    } catch (Refused e) {
      return say(false, e.line());
    }
  }

  private boolean say(boolean noreply, String answer) throws IOException {
    if (!noreply) {
      out.line(answer);
    }
    return true;
  }

  private boolean getAndTouch(Words words) throws IOException {
    if (words.count() < 3) {
      throw new Refused("ERROR");
    }
    return get(words, 2, Expiry.at(words.number(1), store.now()));
  }

  private boolean get(Words words, int firstKey, long touchTo) throws IOException {
    if (words.count() <= firstKey) {
      throw new Refused("ERROR");
    }
    boolean withCas = words.command().endsWith("s");
    for (int i = firstKey; i < words.count(); i++) {
      Key key = Key.of(words.at(i));
      Item item = values.get(key);
      if (item != null) {
        try {
          item.used(store.now());
          if (touchTo != Long.MIN_VALUE) {
            item.expireAt(touchTo);
          }
          String head = "VALUE " + key + " " + Integer.toUnsignedString(item.flags) + " ";
          out.line(head + item.length() + (withCas ? " " + Long.toUnsignedString(item.cas) : ""));
          out.value(item);
        } finally {
          item.release();
        }
      }
    }
    return say(false, "END");
  }

  private boolean change(Words words, Values.Mode mode) throws IOException {
    boolean cas = words.command().equals("cas");
    int count = cas ? 6 : 5;
    words.require(count, count);
    long length = Words.length(words.at(4));
    Values.Request request;
    try {
      request =
          new Values.Request(
              Key.of(words.at(1)),
              mode,
              Words.flags(words.at(2)),
              Expiry.at(words.number(3), store.now()),
              cas ? Words.unsigned(words.at(5), Words.BAD_FORMAT) : null);
    } catch (Refused e) {
      in.skip(length + 2);
      throw e;
    }
    Item item = receive(request, (int) length);
    return say(words.noreply(), values.change(request, item).result().name());
  }

  /**
   * Reads a value into a block of its own.
   *
   * @throws Refused if it is too large, there is no memory, or it does not end its line: it has
   *     been passed over then
   */
  Item receive(Values.Request request, int length) throws IOException {
    if (length > LARGEST_VALUE) {
      in.skip(length + 2L);
      throw Refused.tooLarge();
    }
    Item item;
    try {
      item = store.newItem(request.key(), length, request.flags(), request.expiresAt());
    } catch (Refused e) {
      in.skip(length + 2L);
      throw e;
    }
    boolean whole = false;
    try {
      if (length > 0) {
        in.fill(item.value, store.transfers());
      }
      whole = in.endsLine();
    } finally {
      if (!whole) {
        item.release();
      }
    }
    if (!whole) {
      in.skipLine();
      throw new Refused("CLIENT_ERROR bad data chunk");
    }
    return item;
  }

  /** Passes over a value that nobody wants. */
  void skip(int length) throws IOException {
    in.skip(length + 2L);
  }

  private boolean count(Words words) throws IOException {
    words.require(3, 3);
    Key key = Key.of(words.at(1));
    long by = Words.unsigned(words.at(2), "CLIENT_ERROR invalid numeric delta argument");
    Values.Counted counted = values.count(key, by, words.command().equals("incr"), null);
    boolean found = counted.result() == Values.Result.STORED;
    return say(words.noreply(), found ? counted.number() : counted.result().name());
  }

  private boolean delete(Words words) throws IOException {
    words.require(2, 3);
    if (words.count() > 2 && !words.noreply() && !words.at(2).equals("0")) {
      throw new Refused("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]");
    }
    Values.Result result = values.delete(Key.of(words.at(1)), null);
    return say(words.noreply(), result == Values.Result.STORED ? "DELETED" : "NOT_FOUND");
  }

  private boolean touch(Words words) throws IOException {
    words.require(3, 3);
    long expiresAt = Expiry.at(words.number(2), store.now());
    Item item = store.get(Key.of(words.at(1)));
    if (item == null) {
      return say(words.noreply(), "NOT_FOUND");
    }
    item.expireAt(expiresAt);
    item.release();
    return say(words.noreply(), "TOUCHED");
  }

  private boolean flushAll(Words words) throws IOException {
    words.require(1, 2);
    boolean delayed = words.count() > 1 && !words.at(1).equals("noreply");
    long seconds = delayed ? words.number(1) : 0;
    store.flushAt(Expiry.in(seconds, store.now()));
    return say(words.noreply(), "OK");
  }

  private boolean verbosity(Words words) throws IOException {
    if (words.count() < 2 || (!words.noreply() && words.count() > 2)) {
      throw new Refused("ERROR");
    }
    return say(words.noreply(), "OK"); // there is nothing to be said more of
  }

  private boolean stats(Words words) throws IOException {
    switch (words.count() == 1 ? "" : words.at(1)) {
      case "" -> statistics.write(store, out::stat);
      case "reset" -> {
        return say(false, "RESET");
      }
      case "settings", "items", "slabs", "sizes", "conns" -> {
        // nothing of that kind is told
      }
      default -> throw new Refused("ERROR");
    }
    return say(false, "END");
  }
}
