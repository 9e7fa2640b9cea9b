package dev.waitok.examples.pressure;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.kmalloc.WritablePager;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** A disk that fails now and then, for a while always: pages stay dirty and nothing is lost. */
final class WriteErrors implements Scenario {
  private static final int PAGES = 1024;
  private static final int FAILS_EVERY = 50;

  @Override
  public void run(Figures figures) throws IOException {
    try (Arena memory = Arena.ofShared();
        Kmalloc kmalloc = Kmalloc.builder().arena(MIB).pageSize(PAGE).build()) {
      Disk disk = new Disk(memory.allocate((long) PAGES * PAGE));
      VmObject object = kmalloc.object((long) PAGES * PAGE, disk);
      for (int page = 0; page < PAGES; page++) {
        write(object, page, page + 1);
      }
      object.sync();
      long inRuns = disk.inRuns.sum();
      disk.failsEvery = 1;
      write(object, 0, -1);
      int refused = fails(object::sync) + fails(object::close);
      int stillDirty = object.dirtyPages();
      disk.failsEvery = Integer.MAX_VALUE;
      object.close();
      figures
          .atLeast("pagesWrittenNextToEachOther", inRuns, PAGES / 2)
          .atLeast("errorsOfTheDisk", disk.errors.sum(), 1)
          .exactly("errorsCounted", object.writeErrors(), disk.errors.sum())
          .exactly("errorsReported", refused, 2)
          .exactly("dirtyAfterErrors", stillDirty, 1)
          .exactly("pagesLost", disk.lost(), 0);
    }
  }

  private static void write(VmObject object, int page, int value) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Integer.BYTES]);
    bytes.set(JAVA_INT_UNALIGNED, 0, value);
    object.write((long) page * PAGE, bytes);
  }

  private interface Call {
    void run() throws IOException;
  }

  private static int fails(Call call) {
    try {
      call.run();
      return 0;
    } catch (IOException e) {
      return 1;
    }
  }

  private static final class Disk implements WritablePager {
    private final MemorySegment contents;
    private final Map<Thread, Long> next = new ConcurrentHashMap<>();
    private final LongAdder inRuns = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicInteger writes = new AtomicInteger();
    private volatile int failsEvery = FAILS_EVERY;

    Disk(MemorySegment contents) {
      this.contents = contents;
    }

    @Override
    public void read(long offset, MemorySegment into) {
      into.copyFrom(contents.asSlice(offset, into.byteSize()));
    }

    @Override
    public void write(long offset, MemorySegment from) throws IOException {
      if (writes.incrementAndGet() % failsEvery == 0) {
        errors.increment();
        throw new IOException("this write fails");
      }
      Long expected = next.put(Thread.currentThread(), offset + from.byteSize());
      if (expected != null && expected == offset) {
        inRuns.increment();
      }
      contents.asSlice(offset, from.byteSize()).copyFrom(from);
    }

    long lost() {
      long lost = 0;
      for (int page = 0; page < PAGES; page++) {
        int value = contents.get(JAVA_INT_UNALIGNED, (long) page * PAGE);
        lost += value == (page == 0 ? -1 : page + 1) ? 0 : 1;
      }
      return lost;
    }
  }
}
