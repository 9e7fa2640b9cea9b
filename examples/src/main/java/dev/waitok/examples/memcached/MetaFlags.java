package dev.waitok.examples.memcached;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flags of a meta command: a letter each, some with an argument behind it.
 *
 * @param key the item's name
 * @param word as it stands in the line, maybe in base64
 * @param all the flags, in order
 */
record MetaFlags(Key key, String word, List<String> all) {
  static final String BAD = "CLIENT_ERROR bad token in command line format";

  /**
   * Reads the flags of a command.
   *
   * @param first the first word that is one
   * @param known the letters that it takes
   */
  static MetaFlags of(Words words, int first, String known) {
    if (words.count() < 2) {
      throw new Refused("CLIENT_ERROR bad command line format");
    }
    List<String> flags =
        words.count() > first ? words.all().subList(first, words.count()) : List.of();
    for (int i = 0; i < flags.size(); i++) {
      char letter = flags.get(i).charAt(0);
      if (known.indexOf(letter) < 0) {
        throw new Refused("CLIENT_ERROR invalid flag");
      }
      for (int j = 0; j < i; j++) {
        if (flags.get(j).charAt(0) == letter) {
          throw new Refused("CLIENT_ERROR duplicate flag");
        }
      }
    }
    String word = words.at(1);
    boolean binary = flags.stream().anyMatch(flag -> flag.startsWith("b"));
    return new MetaFlags(binary ? Key.ofBase64(word) : Key.of(word), word, flags);
  }

  boolean has(char letter) {
    return all.stream().anyMatch(flag -> flag.charAt(0) == letter);
  }

  /** The cas that the command holds a value against, or null. */
  @Nullable Long cas() {
    return has('C') ? Words.unsigned(argument('C'), BAD) : null;
  }

  boolean quiet() {
    return has('q');
  }

  String argument(char letter) {
    for (String flag : all) {
      if (flag.charAt(0) == letter && flag.length() > 1) {
        return flag.substring(1);
      }
    }
    throw new Refused(BAD);
  }

  long number(char letter) {
    return Words.number(argument(letter), BAD);
  }
}
