package dev.waitok.kmalloc;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads pages from a file, which is open until this is closed. */
final class FilePager implements Pager, AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  FilePager(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  long size() throws IOException {
    return channel.size();
  }

  @Override
  public void read(long offset, MemorySegment into) throws IOException {
    ByteBuffer buffer = into.asByteBuffer();
    while (buffer.hasRemaining()) {
      long position = offset + buffer.position();
      if (channel.read(buffer, position) < 0) {
        throw new IOException(file + " ends at " + position + ", it was longer when it was opened");
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
