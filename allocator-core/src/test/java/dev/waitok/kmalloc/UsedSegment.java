package dev.waitok.kmalloc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Pipe;
import java.util.concurrent.CountDownLatch;

/** A segment that an input operation uses until closed: it reads from a pipe that is empty. */
final class UsedSegment implements AutoCloseable {
  private final Pipe pipe;
  private final Thread reader;

  UsedSegment(MemorySegment segment) {
    try {
      pipe = Pipe.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    CountDownLatch reading = new CountDownLatch(1);
    reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  reading.countDown();
                  try {
                    int _ = pipe.source().read(segment.asByteBuffer());
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    try {
      reading.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    while (!isInRead()) {
      Thread.onSpinWait();
    }
  }

  /** The read system call is under way: its stack ends in a native method of the channel. */
  private boolean isInRead() {
    StackTraceElement[] stack = reader.getStackTrace();
    return stack.length > 0
        && stack[0].isNativeMethod()
        && stack[0].getMethodName().contains("read");
  }

  @Override
  public void close() {
    try {
      pipe.sink().close();
      reader.join();
      pipe.source().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
