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

  /** What an answer's flags may ask for. */
  private record Facts(
      long cas, int flags, int length, long secondsLeft, boolean fetched, long secondsUnused) {
    static Facts of(Item item, long now) {
      return new Facts(
          item.cas,
          item.flags,
          item.length(),
          Expiry.secondsLeft(item, now),
          item.wasFetched(),
          (now - item.usedAt()) / 1000);
    }
  }

  /** Does one line; always true. */
  boolean execute(Words words) throws IOException {
    switch (words.command()) {
      case "mn" -> out.line("MN");
      case "mg" -> get(MetaFlags.of(words, 2, "bcfhklqstvOT"));
      case "ms" -> set(words);
      case "md" -> delete(MetaFlags.of(words, 2, "bkqCO"));
      case "ma" -> count(MetaFlags.of(words, 2, "bcktvqNJDMTOC"));
      case "me" -> describe(MetaFlags.of(words, 2, "b"));
      default -> throw new Refused("ERROR");
    }
    return true;
  }

  private void get(MetaFlags flags) throws IOException {
    long now = store.now();
    long expiresAt = flags.has('T') ? Expiry.at(flags.number('T'), now) : 0;
    Item item = values.get(flags.key());
    if (item == null) {
      if (!flags.quiet()) {
        out.line("EN");
      }
      return;
    }
    try {
      if (flags.has('T')) {
        item.expireAt(expiresAt);
      }
      Facts before = Facts.of(item, now);
      item.used(now);
      answer(flags, before, flags.has('v') ? "VA " + item.length() : "HD");
      if (flags.has('v')) {
        out.value(item);
      }
    } finally {
      item.release();
    }
  }

  private void set(Words words) throws IOException {
    if (words.count() < 3) {
      throw new Refused(Words.BAD_FORMAT);
    }
    int length = (int) Words.length(words.at(2));
    MetaFlags flags;
    Values.Request request;
    try {
      flags = MetaFlags.of(words, 3, "bckqsCFMOT");
      request =
          new Values.Request(
              flags.key(),
              mode(flags),
              flags.has('F') ? Words.flags(flags.argument('F')) : 0,
              flags.has('T') ? Expiry.at(flags.number('T'), store.now()) : Long.MAX_VALUE,
              flags.cas());
    } catch (Refused e) {
      commands.skip(length);
      throw e;
    }
    Values.Changed changed = values.change(request, commands.receive(request, length));
    if (!(flags.quiet() && changed.result() == Values.Result.STORED)) {
      Facts facts = new Facts(changed.cas(), request.flags(), changed.length(), 0, false, 0);
      answer(flags, facts, code(changed.result()));
    }
  }

  private static String code(Values.Result result) {
    return switch (result) {
      case STORED -> "HD";
      case NOT_STORED -> "NS";
      case EXISTS -> "EX";
      case NOT_FOUND -> "NF";
    };
  }

  private static Values.Mode mode(MetaFlags flags) {
    return switch (flags.has('M') ? flags.argument('M') : "S") {
      case "S", "s", "set" -> Values.Mode.SET;
      case "E", "e", "add" -> Values.Mode.ADD;
      case "R", "r", "replace" -> Values.Mode.REPLACE;
      case "A", "a", "append" -> Values.Mode.APPEND;
      case "P", "p", "prepend" -> Values.Mode.PREPEND;
      default -> throw new Refused("CLIENT_ERROR invalid mode for ms");
    };
  }

  private void delete(MetaFlags flags) throws IOException {
    Values.Result result = values.delete(flags.key(), flags.cas());
    if (!(flags.quiet() && result != Values.Result.EXISTS)) {
      answer(flags, null, result == Values.Result.STORED ? "HD" : code(result));
    }
  }

  private void count(MetaFlags flags) throws IOException {
    long now = store.now();
    long by = flags.has('D') ? Words.unsigned(flags.argument('D'), MetaFlags.BAD) : 1;
    long first = flags.has('J') ? Words.unsigned(flags.argument('J'), MetaFlags.BAD) : 0;
    long firstExpiresAt = flags.has('N') ? Expiry.at(flags.number('N'), now) : 0;
    long expiresAt = flags.has('T') ? Expiry.at(flags.number('T'), now) : 0;
    Values.Counted counted = values.count(flags.key(), by, counts(flags), flags.cas());
    if (counted.result() == Values.Result.NOT_FOUND && flags.has('N')) {
      counted = values.begin(flags.key(), Long.toUnsignedString(first), firstExpiresAt);
    }
    if (counted.result() != Values.Result.STORED) {
      if (!(flags.quiet() && counted.result() == Values.Result.NOT_FOUND)) {
        answer(flags, null, code(counted.result()));
      }
      return;
    }
    Facts facts = new Facts(counted.cas(), 0, counted.number().length(), -1, false, 0);
    Item item = store.get(flags.key());
    if (item != null) {
      if (flags.has('T')) {
        item.expireAt(expiresAt);
      }
      long left = Expiry.secondsLeft(item, now);
      item.release();
      facts = new Facts(counted.cas(), 0, counted.number().length(), left, false, 0);
    }
    if (flags.has('v')) {
      answer(flags, facts, "VA " + counted.number().length());
      out.line(counted.number());
    } else if (!flags.quiet()) {
      answer(flags, facts, "HD");
    }
  }

  /** Whether up. */
  private static boolean counts(MetaFlags flags) {
    return switch (flags.has('M') ? flags.argument('M') : "I") {
      case "I", "i", "+", "incr" -> true;
      case "D", "d", "-", "decr" -> false;
      default -> throw new Refused("CLIENT_ERROR invalid mode for ma");
    };
  }

  private void describe(MetaFlags flags) throws IOException {
    Item item = store.get(flags.key());
    if (item == null) {
      out.line("EN");
      return;
    }
    Facts facts = Facts.of(item, store.now());
    item.release();
    out.line(
        "ME "
            + flags.word()
            + (" exp=" + facts.secondsLeft)
            + (" la=" + facts.secondsUnused)
            + (" cas=" + Long.toUnsignedString(facts.cas))
            + (" fetch=" + (facts.fetched ? "yes" : "no"))
            + (" cls=1 size=" + facts.length));
  }

  /** The answer's code, then what the flags ask to be told, in their order. */
  private void answer(MetaFlags flags, @Nullable Facts facts, String code) throws IOException {
    StringBuilder line = new StringBuilder(code);
    for (String flag : flags.all()) {
      switch (flag.charAt(0)) {
        case 'O' -> line.append(' ').append(flag);
        case 'k' -> line.append(" k").append(flags.word());
        case 'b' -> line.append(flags.has('k') ? " b" : "");
        default -> {
          if (facts != null) {
            tell(line, flag.charAt(0), facts);
          }
        }
      }
    }
    out.line(line.toString());
  }

  private static void tell(StringBuilder line, char flag, Facts facts) {
    switch (flag) {
      case 'c' -> line.append(" c").append(Long.toUnsignedString(facts.cas));
      case 'f' -> line.append(" f").append(Integer.toUnsignedString(facts.flags));
      case 's' -> line.append(" s").append(facts.length);
      case 't' -> line.append(" t").append(facts.secondsLeft);
      case 'h' -> line.append(" h").append(facts.fetched ? 1 : 0);
      case 'l' -> line.append(" l").append(facts.secondsUnused);
      default -> {
        // a flag that asks for nothing to be told
      }
    }
  }
}
