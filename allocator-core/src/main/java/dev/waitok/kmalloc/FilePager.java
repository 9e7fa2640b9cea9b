package dev.waitok.kmalloc;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads pages from a file and writes them there; the file is open until this is closed. */
final class FilePager implements WritablePager, AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  FilePager(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  /** Opens a file for reading and writing, makes it if need be, and as long as wanted. */
  FilePager(Path file, long bytes) throws IOException {
    this.file = file;
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    if (channel.size() < bytes) {
      int unusedAlwaysOne = channel.write(ByteBuffer.allocate(1), bytes - 1);
    }
  }

  @Override
  public void write(long offset, MemorySegment from) throws IOException {
    ByteBuffer buffer = from.asByteBuffer();
    while (buffer.hasRemaining()) {
      int unusedSeenByTheBuffer = channel.write(buffer, offset + buffer.position());
    }
  }

  @Override
  public void force() throws IOException {
    channel.force(true);
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
