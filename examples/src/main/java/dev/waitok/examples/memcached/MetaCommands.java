package dev.waitok.examples.memcached;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The meta commands: mg, ms, md, ma, me, mn. Flags that ask for what is not here are refused. */
final class MetaCommands {
  private final Store store;
  private final Values values;
  private final Commands commands;
  private final Output out;

  MetaCommands(Store store, Values values, Commands commands, Output out) {
    this.store = store;
    this.values = values;
    this.commands = commands;
    this.out = out;
  }

  /** Does one line; always true. */
  boolean execute(Words words) throws IOException {
    switch (words.command()) {
      case "mn" -> out.line("MN");
      case "mg" -> get(MetaFlags.of(words, 2, "bcfhklqstvEOT"));
      case "ms" -> set(words);
      case "md" -> delete(MetaFlags.of(words, 2, "bkqCOIT"));
      case "ma" -> count(MetaFlags.of(words, 2, "bcktvqNJDMTOEC"));
      case "me" -> describe(MetaFlags.of(words, 2, "b"));
      default -> throw new Refused("ERROR");
    }
    return true;
  }

  private void get(MetaFlags flags) throws IOException {
    Item item = values.get(flags.key());
    if (item == null) {
      if (!flags.quiet()) {
        out.line("EN");
      }
      return;
    }
    try {
      if (flags.has('T')) {
        item.expireAt(Expiry.at(flags.number('T'), store.now()));
      }
      answer(flags, item, flags.has('v') ? "VA " + item.length() : "HD");
      if (flags.has('v')) {
        out.value(item);
      }
    } finally {
      item.release();
    }
  }

  private void set(Words words) throws IOException {
    if (words.count() < 3) {
      throw new Refused("CLIENT_ERROR bad command line format");
    }
    int length = (int) Words.length(words.at(2));
    MetaFlags flags;
    String mode;
    Values.Request request;
    try {
      flags = MetaFlags.of(words, 3, "bckqsCEFIMOT");
      mode = mode(flags);
      request =
          new Values.Request(
              flags.key(),
              flags.has('F') ? Words.flags(flags.argument('F')) : 0,
              flags.has('T') ? Expiry.at(flags.number('T'), store.now()) : Long.MAX_VALUE,
              flags.has('C') ? flags.number('C') : 0);
    } catch (Refused e) {
      commands.skip(length);
      throw e;
    }
    Item item = commands.receive(length, request.flags(), request.expiresAt());
    item.retain();
    try {
      String answer = values.change(flags.has('C') ? "cas" : mode, request, item).answer();
      String code =
          switch (answer) {
            case "STORED" -> "HD";
            case "EXISTS" -> "EX";
            case "NOT_FOUND" -> "NF";
            default -> "NS";
          };
      if (!(flags.quiet() && code.equals("HD"))) {
        answer(flags, item, code);
      }
    } finally {
      item.release();
    }
  }

  private static String mode(MetaFlags flags) {
    return switch (flags.has('M') ? flags.argument('M') : "S") {
      case "S", "s", "set" -> "set";
      case "E", "e", "add" -> "add";
      case "R", "r", "replace" -> "replace";
      case "A", "a", "append" -> "append";
      case "P", "p", "prepend" -> "prepend";
      default -> throw new Refused("CLIENT_ERROR invalid mode for ms");
    };
  }

  private void delete(MetaFlags flags) throws IOException {
    boolean[] found = {false};
    long cas = flags.has('C') ? flags.number('C') : 0;
    boolean removed =
        store.remove(
            flags.key(),
            present -> {
              found[0] = true;
              return !flags.has('C') || (present != null && present.cas == cas);
            });
    String code = removed ? "HD" : found[0] ? "EX" : "NF";
    if (!(flags.quiet() && !code.equals("EX"))) {
      answer(flags, null, code);
    }
  }

  private void count(MetaFlags flags) throws IOException {
    long by = flags.has('D') ? Words.unsigned(flags.argument('D'), MetaFlags.BAD) : 1;
    boolean up =
        switch (flags.has('M') ? flags.argument('M') : "I") {
          case "I", "i", "+", "incr" -> true;
          case "D", "d", "-", "decr" -> false;
          default -> throw new Refused("CLIENT_ERROR invalid mode for ma");
        };
    Values.Counted number = values.count(flags.key(), by, up);
    if (number == null && flags.has('N')) {
      long first = flags.has('J') ? Words.unsigned(flags.argument('J'), MetaFlags.BAD) : 0;
      long expiresAt = Expiry.at(flags.number('N'), store.now());
      number = values.begin(flags.key(), Long.toUnsignedString(first), expiresAt);
    }
    if (number == null) {
      if (!flags.quiet()) {
        answer(flags, null, "NF");
      }
      return;
    }
    Item item = store.get(flags.key());
    try {
      if (item != null && flags.has('T')) {
        item.expireAt(Expiry.at(flags.number('T'), store.now()));
      }
      if (flags.has('v')) {
        answer(flags, item, "VA " + number.number().length());
        out.line(number.number());
      } else if (!flags.quiet()) {
        answer(flags, item, "HD");
      }
    } finally {
      if (item != null) {
        item.release();
      }
    }
  }

  private void describe(MetaFlags flags) throws IOException {
    Item item = store.get(flags.key());
    if (item == null) {
      out.line("EN");
      return;
    }
    long now = store.now();
    out.line(
        "ME "
            + flags.word()
            + (" exp=" + Expiry.secondsLeft(item, now))
            + (" la=" + (now - item.usedAt()) / 1000)
            + (" cas=" + Long.toUnsignedString(item.cas))
            + (" fetch=" + (item.wasFetched() ? "yes" : "no"))
            + (" cls=1 size=" + item.length()));
    item.release();
  }

  /** The answer's code, then what the flags ask to be told, in their order. */
  private void answer(MetaFlags flags, @Nullable Item item, String code) throws IOException {
    StringBuilder line = new StringBuilder(code);
    for (String flag : flags.all()) {
      switch (flag.charAt(0)) {
        case 'O' -> line.append(' ').append(flag);
        case 'k' -> line.append(" k").append(flags.word());
        case 'b' -> line.append(flags.has('k') ? " b" : "");
        default -> {
          if (item != null) {
            tell(line, flag.charAt(0), item);
          }
        }
      }
    }
    out.line(line.toString());
  }

  private void tell(StringBuilder line, char flag, Item item) {
    long now = store.now();
    switch (flag) {
      case 'c' -> line.append(" c").append(Long.toUnsignedString(item.cas));
      case 'f' -> line.append(" f").append(Integer.toUnsignedString(item.flags));
      case 's' -> line.append(" s").append(item.length());
      case 't' -> line.append(" t").append(Expiry.secondsLeft(item, now));
      case 'h' -> line.append(" h").append(item.wasFetched() ? 1 : 0);
      case 'l' -> line.append(" l").append((now - item.usedAt()) / 1000);
      default -> {
        // a flag that asks for nothing to be told
      }
    }
  }
}
