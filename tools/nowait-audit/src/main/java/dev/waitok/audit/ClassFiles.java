package dev.waitok.audit;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The classes of a jar, a folder, or one class file. */
final class ClassFiles {
  private ClassFiles() {}

  static List<ClassModel> read(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return readFolder(path);
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (path.toString().endsWith(".class")) {
      return List.of(parse(path));
    }
    try (FileSystem jar = FileSystems.newFileSystem(path)) {
      return readFolder(jar.getPath("/"));
    }
  }

  private static List<ClassModel> readFolder(Path folder) throws IOException {
    List<ClassModel> models = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.toString();
        if (name.endsWith(".class") && !name.endsWith("module-info.class")) {
          models.add(parse(file));
        }
      }
    }
    return models;
  }

  private static ClassModel parse(Path file) throws IOException {
    try {
      return ClassFile.of().parse(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no class file of this or an older release: " + e, e);
    }
  }
}
