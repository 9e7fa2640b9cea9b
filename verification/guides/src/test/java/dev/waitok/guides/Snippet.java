package dev.waitok.guides;

import java.net.URI;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.SimpleJavaFileObject;

/**
 * The statements of a guide's block as a source file of its own. They may use {@code kmalloc}, an
 * allocator of 64 MiB, {@code lwkt}, its scheduler of 2 cpus, and the packages imported here.
 */
final class Snippet extends SimpleJavaFileObject {
  private static final String IMPORTS =
      """
      import dev.waitok.kmalloc.*;
      import static dev.waitok.kmalloc.MallocFlags.*;
      import dev.waitok.lwkt.*;
      import java.lang.foreign.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.concurrent.atomic.*;
      """;

  private final Guide.Block block;
  private final String className;
  private final String source;

  private Snippet(Guide.Block block, String className, String source) {
    super(URI.create("guide:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
    this.block = block;
    this.className = className;
    this.source = source;
  }

  static Snippet of(Guide guide, Guide.Block block) {
    String text = block.text();
    String name = "Line" + block.line() + "Of" + guide.name().replace('-', '_');
    String imports = text.lines().filter(Snippet::isImport).collect(Collectors.joining("\n"));
    List<String> statements = text.lines().filter(line -> !isImport(line)).toList();
    return new Snippet(
        block,
        "guide." + name,
        "package guide;\n"
            + imports
            + "\n"
            + IMPORTS
            + "record "
            + name
            + "(Kmalloc kmalloc, Lwkt lwkt) implements Callable<Void> {\n"
            + "public Void call() throws Exception { run(); return null; }\n"
            + "void run() throws Exception {\n"
            + String.join("\n", statements)
            + "\n}\n}\n");
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  String className() {
    return className;
  }

  String prints() {
    return block.prints().orElse("");
  }

  @Override
  public CharSequence getCharContent(boolean ignoreEncodingErrors) {
    return source;
  }
}
