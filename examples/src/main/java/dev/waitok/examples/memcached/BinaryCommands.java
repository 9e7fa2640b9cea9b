package dev.waitok.examples.memcached;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The binary protocol, which older clients speak. Quiet commands answer only what is not usual. */
final class BinaryCommands {
  private static final int OK = 0;
  private static final int NOT_FOUND = 1;
  private static final int EXISTS = 2;
  private static final int TOO_LARGE = 3;
  private static final int BAD_ARGUMENTS = 4;
  private static final int NOT_STORED = 5;
  private static final int NOT_A_NUMBER = 6;
  private static final int UNKNOWN = 0x81;
  private static final int NO_MEMORY = 0x82;

  /** An expiry that says of a count that it is not to begin. */
  private static final int DO_NOT_BEGIN = -1;

  private static final byte[] NOTHING = {};

  private final Store store;
  private final Statistics statistics;
  private final Values values;
  private final Input in;
  private final Output out;

  BinaryCommands(Store store, Statistics statistics, Input in, Output out) {
    this.store = store;
    this.statistics = statistics;
    this.values = new Values(store, statistics);
    this.in = in;
    this.out = out;
  }

  /** Serves until the client wants no more, or sends what is no request. */
  void serve() throws IOException {
    while (in.peek() == BinaryHeader.REQUEST) {
      BinaryHeader head = BinaryHeader.of(in.bytes(BinaryHeader.LENGTH));
      if (head.valueLength() < 0) {
        fail(head, BAD_ARGUMENTS);
        return;
      }
      if (!execute(head)) {
        return;
      }
    }
  }

  private boolean execute(BinaryHeader head) throws IOException {
    if (head.keyLength() > Key.LONGEST || head.valueLength() > Commands.LARGEST_VALUE) {
      in.skip(head.bodyLength());
      fail(head, head.keyLength() > Key.LONGEST ? BAD_ARGUMENTS : TOO_LARGE);
      return true;
    }
    ByteBuffer extras = ByteBuffer.wrap(in.bytes(head.extrasLength()));
    byte[] key = in.bytes(head.keyLength());
    switch (head.opcode()) {
      case 0x00, 0x09, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e -> {
        in.skip(head.valueLength());
        get(head, extras, key);
      }
      case 0x01, 0x11 -> store(head, extras, key, Values.Mode.SET);
      case 0x02, 0x12 -> store(head, extras, key, Values.Mode.ADD);
      case 0x03, 0x13 -> store(head, extras, key, Values.Mode.REPLACE);
      case 0x0e, 0x19 -> store(head, extras, key, Values.Mode.APPEND);
      case 0x0f, 0x1a -> store(head, extras, key, Values.Mode.PREPEND);
      default -> {
        in.skip(head.valueLength());
        return executeSmall(head, extras, key);
      }
    }
    return true;
  }

  private boolean executeSmall(BinaryHeader head, ByteBuffer extras, byte[] key)
      throws IOException {
    switch (head.opcode()) {
      case 0x04, 0x14 -> delete(head, key);
      case 0x05, 0x06, 0x15, 0x16 -> count(head, extras, key);
      case 0x07 -> {
        answer(head, OK, 0, NOTHING, NOTHING, NOTHING);
        return false;
      }
      case 0x17 -> {
        return false;
      }
      case 0x08, 0x18 -> {
        int seconds = extras.remaining() >= 4 ? extras.getInt() : 0;
        store.flushAt(Expiry.in(seconds, store.now()));
        succeed(head);
      }
      case 0x0a -> answer(head, OK, 0, NOTHING, NOTHING, NOTHING);
      case 0x0b -> answer(head, OK, 0, NOTHING, NOTHING, bytes(Commands.VERSION));
      case 0x10 -> {
        statistics.write(
            store, (name, value) -> answer(head, OK, 0, NOTHING, bytes(name), bytes(value)));
        answer(head, OK, 0, NOTHING, NOTHING, NOTHING);
      }
      default -> fail(head, UNKNOWN);
    }
    return true;
  }

  private void get(BinaryHeader head, ByteBuffer extras, byte[] keyBytes) throws IOException {
    boolean touches = head.opcode() >= 0x1c;
    if (keyBytes.length == 0 || (touches && extras.remaining() < 4)) {
      fail(head, BAD_ARGUMENTS);
      return;
    }
    boolean quiet = head.opcode() == 0x09 || head.opcode() == 0x0d || head.opcode() == 0x1e;
    boolean withKey = head.opcode() == 0x0c || head.opcode() == 0x0d;
    Item item = values.get(Key.of(keyBytes));
    if (item == null) {
      if (!quiet) {
        fail(head, NOT_FOUND);
      }
      return;
    }
    try {
      item.used(store.now());
      if (touches) {
        item.expireAt(Expiry.at(extras.getInt(), store.now()));
      }
      boolean withValue = head.opcode() != 0x1c;
      byte[] flags = ByteBuffer.allocate(4).putInt(item.flags).array();
      int length = withValue ? item.length() : 0;
      out.put(head.answer(OK, item.cas, flags, withKey ? keyBytes : NOTHING, length));
      if (withValue) {
        out.bytes(item);
      }
    } finally {
      item.release();
    }
  }

  private static @Nullable Long cas(BinaryHeader head) {
    return head.cas() == 0 ? null : head.cas();
  }

  private void store(BinaryHeader head, ByteBuffer extras, byte[] keyBytes, Values.Mode mode)
      throws IOException {
    int length = (int) head.valueLength();
    if (keyBytes.length == 0 || extras.remaining() != (mode.joins() ? 0 : 8)) {
      in.skip(length);
      fail(head, BAD_ARGUMENTS);
      return;
    }
    int flags = mode.joins() ? 0 : extras.getInt();
    long expiresAt = mode.joins() ? Long.MAX_VALUE : Expiry.at(extras.getInt(), store.now());
    Values.Request request =
        new Values.Request(Key.of(keyBytes), mode, flags, expiresAt, cas(head));
    Values.Changed changed;
    try {
      changed = values.change(request, receive(request, length));
    } catch (Refused e) {
      fail(head, status(e));
      return;
    }
    switch (changed.result()) {
      case STORED -> {
        if (!head.isQuiet()) {
          answer(head, OK, changed.cas(), NOTHING, NOTHING, NOTHING);
        }
      }
      case EXISTS -> fail(head, EXISTS);
      case NOT_FOUND -> fail(head, NOT_FOUND);
      case NOT_STORED ->
          fail(head, mode == Values.Mode.ADD ? EXISTS : mode.joins() ? NOT_STORED : NOT_FOUND);
    }
  }

  private Item receive(Values.Request request, int length) throws IOException {
    Item item;
    try {
      item = store.newItem(request.key(), length, request.flags(), request.expiresAt());
    } catch (Refused e) {
      in.skip(length);
      throw e;
    }
    boolean whole = false;
    try {
      if (length > 0) {
        in.fill(item.value, store.transfers());
      }
      whole = true;
      return item;
    } finally {
      if (!whole) {
        item.release();
      }
    }
  }

  private static int status(Refused refused) {
    return switch (refused.reason()) {
      case BAD_ARGUMENTS -> BAD_ARGUMENTS;
      case TOO_LARGE -> TOO_LARGE;
      case NOT_A_NUMBER -> NOT_A_NUMBER;
      case NO_MEMORY -> NO_MEMORY;
    };
  }

  private void delete(BinaryHeader head, byte[] keyBytes) throws IOException {
    if (keyBytes.length == 0) {
      fail(head, BAD_ARGUMENTS);
      return;
    }
    switch (values.delete(Key.of(keyBytes), cas(head))) {
      case STORED -> succeed(head);
      case EXISTS -> fail(head, EXISTS);
      default -> fail(head, NOT_FOUND);
    }
  }

  private void count(BinaryHeader head, ByteBuffer extras, byte[] keyBytes) throws IOException {
    if (keyBytes.length == 0 || extras.remaining() != 20) {
      fail(head, BAD_ARGUMENTS);
      return;
    }
    long by = extras.getLong();
    String first = Long.toUnsignedString(extras.getLong());
    int expiry = extras.getInt();
    boolean up = head.opcode() == 0x05 || head.opcode() == 0x15;
    Key key = Key.of(keyBytes);
    Values.Counted counted;
    try {
      counted = values.count(key, by, up, cas(head));
      if (counted.result() == Values.Result.NOT_FOUND && expiry != DO_NOT_BEGIN) {
        counted = values.begin(key, first, Expiry.at(expiry, store.now()));
      }
    } catch (Refused e) {
      fail(head, status(e));
      return;
    }
    switch (counted.result()) {
      case STORED -> {
        if (!head.isQuiet()) {
          long number = Long.parseUnsignedLong(counted.number());
          byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
          answer(head, OK, counted.cas(), NOTHING, NOTHING, value);
        }
      }
      case EXISTS -> fail(head, EXISTS);
      case NOT_FOUND -> fail(head, NOT_FOUND);
      case NOT_STORED -> fail(head, NOT_STORED);
    }
  }

  private void succeed(BinaryHeader head) throws IOException {
    if (!head.isQuiet()) {
      answer(head, OK, 0, NOTHING, NOTHING, NOTHING);
    }
  }

  private void fail(BinaryHeader head, int status) throws IOException {
    String why =
        switch (status) {
          case NOT_FOUND -> "Not found";
          case EXISTS -> "Data exists for key.";
          case TOO_LARGE -> "Too large.";
          case BAD_ARGUMENTS -> "Invalid arguments";
          case NOT_STORED -> "Not stored.";
          case NOT_A_NUMBER -> "Non-numeric server-side value for incr or decr";
          case NO_MEMORY -> "Out of memory";
          default -> "Unknown command";
        };
    answer(head, status, 0, NOTHING, NOTHING, bytes(why));
  }

  private void answer(
      BinaryHeader head, int status, long cas, byte[] extras, byte[] key, byte[] value)
      throws IOException {
    out.put(head.answer(status, cas, extras, key, value.length));
    out.put(value);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
