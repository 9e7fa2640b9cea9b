package dev.waitok.guides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A guide's fenced blocks, in order. A block of text after code is what the code prints; a block
 * after a line that ends in {@code `some/file`:} is that file's contents.
 *
 * @param name the guide's file without its ending
 * @param blocks what it shows
 */
record Guide(String name, List<Block> blocks) {
  private static final Pattern FENCE =
      Pattern.compile("(?m)^```(\\w*)\\R(.*?)^```$", Pattern.DOTALL);
  private static final Pattern FILE = Pattern.compile("`([\\w./-]+\\.(?:java|xml))`:\\s*$");

  /** Where the guides are: the tests run in their module's folder. */
  static final Path FOLDER = Path.of("..", "..", "docs");

  /**
   * One fenced block.
   *
   * @param line where it begins in the guide, from 1
   * @param language what follows the fence
   * @param text what is between the fences
   * @param file the file that it is said to be
   * @param prints what it prints, as the guide says
   */
  record Block(
      int line, String language, String text, Optional<String> file, Optional<String> prints) {
    boolean is(String wanted) {
      return language.equals(wanted);
    }
  }

  static List<Guide> all() throws IOException {
    List<Guide> guides = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".md")).sorted().toList()) {
        guides.add(read(file));
      }
    }
    return guides;
  }

  static Guide read(Path file) throws IOException {
    String text = Files.readString(file);
    List<Block> blocks = new ArrayList<>();
    Matcher fence = FENCE.matcher(text);
    int end = 0;
    while (fence.find()) {
      String before = text.substring(end, fence.start());
      end = fence.end();
      if (fence.group(1).equals("text")) {
        Block code = blocks.removeLast();
        blocks.add(
            new Block(code.line, code.language, code.text, code.file, Optional.of(fence.group(2))));
        continue;
      }
      Matcher named = FILE.matcher(before);
      int line = (int) text.substring(0, fence.start()).lines().count() + 1;
      blocks.add(
          new Block(
              line,
              fence.group(1),
              fence.group(2),
              named.find() ? Optional.of(named.group(1)) : Optional.empty(),
              Optional.empty()));
    }
    return new Guide(file.getFileName().toString().replace(".md", ""), blocks);
  }

  List<Block> blocks(String language) {
    return blocks.stream().filter(block -> block.is(language)).toList();
  }
}
