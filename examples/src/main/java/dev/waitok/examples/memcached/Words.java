package dev.waitok.examples.memcached;

import java.util.ArrayList;
import java.util.List;

/** The words of a command line, and the numbers among them. */
record Words(List<String> all) {
  static final String BAD_FORMAT = "CLIENT_ERROR bad command line format";

  static Words of(String line) {
    String text = line.strip();
    List<String> words = new ArrayList<>();
    int at = 0;
    for (int end; (end = text.indexOf(' ', at)) >= 0; at = end + 1) {
      if (end > at) {
        words.add(text.substring(at, end));
      }
    }
    words.add(text.substring(at));
    return new Words(words);
  }

  String command() {
    return all.getFirst();
  }

  int count() {
    return all.size();
  }

  String at(int index) {
    return all.get(index);
  }

  /** Whether the last word asks for no answer. */
  boolean noreply() {
    return all.size() > 1 && all.getLast().equals("noreply");
  }

  /** Holds the number of words, without a noreply, against what the command takes. */
  void require(int least, int most) {
    int words = noreply() ? all.size() - 1 : all.size();
    if (words < least || words > most) {
      throw new Refused("ERROR");
    }
  }

  long number(int index) {
    return number(all.get(index), BAD_FORMAT);
  }

  static long number(String word, String otherwise) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new Refused(otherwise, e);
    }
  }

  static long unsigned(String word, String otherwise) {
    try {
      if (word.startsWith("+") || word.startsWith("-")) {
        throw new Refused(otherwise);
      }
      return Long.parseUnsignedLong(word);
    } catch (NumberFormatException e) {
      throw new Refused(otherwise, e);
    }
  }

  /** Flags of an item: 32 bits without a sign. */
  static int flags(String word) {
    long flags = unsigned(word, BAD_FORMAT);
    if (flags >>> 32 != 0) {
      throw new Refused(BAD_FORMAT);
    }
    return (int) flags;
  }

  /** The length of a value. */
  static long length(String word) {
    long length = number(word, "CLIENT_ERROR bad data chunk");
    if (length < 0 || length > Integer.MAX_VALUE - 2) {
      throw new Refused("CLIENT_ERROR bad data chunk");
    }
    return length;
  }
}
