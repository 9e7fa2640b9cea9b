package dev.waitok.examples.storm;

import dev.waitok.examples.memory.Pattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The temporary file whose pages fill the arena: every page holds another pattern. It is mapped as
 * well, so that what a cache page shows is compared with the file itself.
 */
final class BackingFile implements AutoCloseable {
  private final Path path;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment contents;

  /** Writes a file of so many bytes. */
  BackingFile(long bytes) throws IOException {
    path = Files.createTempFile("waitok-storm", ".pages");
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      contents = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
      Pattern.fill(contents, 0, bytes, bytes);
      contents.force();
    } catch (IOException e) {
      arena.close();
      Files.deleteIfExists(path);
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /** Whether a page shows what the file holds at an offset. */
  boolean matches(MemorySegment page, long offset) {
    long length = Math.min(page.byteSize(), contents.byteSize() - offset);
    return MemorySegment.mismatch(page, 0, length, contents, offset, offset + length) < 0;
  }

  @Override
  public void close() {
    arena.close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
