package dev.waitok.examples.memcached;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

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
        case "set", "add", "replace", "append", "prepend", "cas" -> change(words);
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
      return say(false, String.valueOf(e.getMessage()));
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

  private boolean change(Words words) throws IOException {
    boolean cas = words.command().equals("cas");
    int count = cas ? 6 : 5;
    words.require(count, count);
    long length = Words.length(words.at(4));
    Values.Request request;
    try {
      request =
          new Values.Request(
              Key.of(words.at(1)),
              Words.flags(words.at(2)),
              Expiry.at(words.number(3), store.now()),
              cas ? Words.unsigned(words.at(5), "CLIENT_ERROR bad command line format") : 0);
    } catch (Refused e) {
      in.skip(length + 2);
      throw e;
    }
    Item item = receive((int) length, request.flags(), request.expiresAt());
    return say(words.noreply(), values.change(words.command(), request, item).answer());
  }

  /**
   * Reads a value into a block of its own.
   *
   * @throws Refused if it is too large, there is no memory, or it does not end its line: it has
   *     been passed over then
   */
  Item receive(int length, int flags, long expiresAt) throws IOException {
    if (length > LARGEST_VALUE) {
      in.skip(length + 2L);
      throw new Refused("SERVER_ERROR object too large for cache");
    }
    Item item;
    try {
      item = store.newItem(length, flags, expiresAt);
    } catch (Refused e) {
      in.skip(length + 2L);
      throw e;
    }
    boolean whole = false;
    try {
      if (length > 0) {
        in.fill(item.value);
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
    Values.Counted counted = values.count(key, by, words.command().equals("incr"));
    return say(words.noreply(), counted == null ? "NOT_FOUND" : counted.number());
  }

  private boolean delete(Words words) throws IOException {
    words.require(2, 3);
    if (words.count() > 2 && !words.noreply() && !words.at(2).equals("0")) {
      throw new Refused("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]");
    }
    boolean deleted = store.remove(Key.of(words.at(1)), present -> true);
    return say(words.noreply(), deleted ? "DELETED" : "NOT_FOUND");
  }

  private boolean touch(Words words) throws IOException {
    words.require(3, 3);
    Item item = store.get(Key.of(words.at(1)));
    if (item == null) {
      return say(words.noreply(), "NOT_FOUND");
    }
    item.expireAt(Expiry.at(words.number(2), store.now()));
    item.release();
    return say(words.noreply(), "TOUCHED");
  }

  private boolean flushAll(Words words) throws IOException {
    words.require(1, 2);
    boolean delayed = words.count() > 1 && !words.at(1).equals("noreply");
    long seconds = delayed ? words.number(1) : 0;
    store.flushAt(store.now() + TimeUnit.SECONDS.toMillis(Math.max(0, seconds)));
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
