package dev.waitok.kmalloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects that are written: what is dirty, when it is written out, and what an error does. */
class DirtyPagesTest {
  private static final int PAGE = 4096;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(64L * PAGE).pageSize(PAGE).build();
  private final TestHooks hooks = TestHooks.of(kmalloc);

  @AfterEach
  void close() {
    if (!kmalloc.isClosed()) {
      hooks.checkInvariants();
    }
    kmalloc.close();
  }

  /** A disk that can fail and be slow. */
  private static final class Disk implements WritablePager {
    private final byte[] contents;
    private final List<Long> writes = new ArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private int forces;
    private Semaphore gate = new Semaphore(Integer.MAX_VALUE);

    Disk(int pages) {
      contents = new byte[pages * PAGE];
    }

    @Override
    public synchronized void read(long offset, MemorySegment into) {
      MemorySegment.copy(MemorySegment.ofArray(contents), offset, into, 0, into.byteSize());
    }

    @Override
    public void write(long offset, MemorySegment from) throws IOException {
      gate.acquireUninterruptibly();
      if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new IOException("disk full");
      }
      synchronized (this) {
        writes.add(offset / PAGE);
        MemorySegment.copy(from, 0, MemorySegment.ofArray(contents), offset, from.byteSize());
      }
    }

    @Override
    public synchronized void force() {
      forces++;
    }

    synchronized int at(int index) {
      return MemorySegment.ofArray(contents)
          .get(ValueLayout.JAVA_INT_UNALIGNED, (long) index * PAGE);
    }
  }

  private static void put(VmObject object, int index, int value) throws IOException {
    object.write((long) index * PAGE, MemorySegment.ofArray(new int[] {value}));
  }

  private static int get(VmObject object, int index) throws IOException {
    try (PageRef page = object.page(index)) {
      return page.segment().get(ValueLayout.JAVA_INT, 0);
    }
  }

  @Test
  void aFileLargerThanTheArenaKeepsAllThatIsWritten(@TempDir Path dir) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] model = new byte[300 * PAGE - 77];
    Path file = dir.resolve("file");
    try (VmObject object = kmalloc.writableObject(file, model.length)) {
      for (int i = 0; i < 3000; i++) {
        int n = 1 + random.nextInt(3 * PAGE);
        int at = random.nextInt(model.length - n);
        if (random.nextBoolean()) {
          byte[] bytes = new byte[n];
          random.nextBytes(bytes);
          object.write(at, MemorySegment.ofArray(bytes));
          System.arraycopy(bytes, 0, model, at, n);
        } else {
          byte[] into = new byte[n];
          object.read(at, MemorySegment.ofArray(into));
          assertThat(
                  MemorySegment.mismatch(
                      MemorySegment.ofArray(model), at, at + n, MemorySegment.ofArray(into), 0, n))
              .as("seed %s round %s", seed, i)
              .isEqualTo(-1);
        }
      }
      assertThat(object.writtenPages()).isPositive();
      assertThat(object.writeErrors()).isZero();
    }
    assertThat(Files.readAllBytes(file)).as("seed %s", seed).isEqualTo(model);
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void syncWritesRunsInOrderOnceAndMakesThemDurable() throws IOException {
    Disk disk = new Disk(20);
    try (VmObject object = kmalloc.object(20L * PAGE, disk)) {
      for (int index : new int[] {7, 3, 5, 4, 12, 4}) {
        put(object, index, 100 + index);
      }
      assertThat(object.dirtyPages()).isEqualTo(5);
      assertThat(disk.writes).isEmpty();
      object.sync();
      assertThat(disk.writes).containsExactlyInAnyOrder(3L, 4L, 5L, 7L, 12L);
      assertThat(disk.writes.stream().filter(w -> w <= 5)).containsExactly(3L, 4L, 5L);
      assertThat(disk.forces).isEqualTo(1);
      assertThat(object.dirtyPages()).isZero();
      assertThat(disk.at(12)).isEqualTo(112);
      object.sync();
      assertThat(disk.writes).hasSize(5);
    }
    assertThat(disk.writes).hasSize(5);
  }

  @Test
  void dirtyPagesAreWrittenOutForWhoWaits() throws IOException {
    Disk disk = new Disk(60);
    try (VmObject object = kmalloc.object(60L * PAGE, disk)) {
      for (int i = 0; i < 60; i++) {
        put(object, i, i);
      }
      MallocType type = kmalloc.type("t");
      long run = type.kmallocAddress(30L * PAGE);
      assertThat(object.writtenPages()).isGreaterThanOrEqualTo(24);
      type.kfree(run);
      for (int i = 0; i < 60; i++) {
        assertThat(get(object, i)).isEqualTo(i);
      }
    }
  }

  @Test
  void anErrorLosesNothingAndIsTriedAgain() throws IOException {
    Disk disk = new Disk(10);
    VmObject object = kmalloc.object(10L * PAGE, disk);
    put(object, 1, 11);
    put(object, 2, 12);
    disk.failures.set(2);
    object.sync();
    assertThat(object.writeErrors()).isEqualTo(2);
    assertThat(disk.at(2)).isEqualTo(12);
    put(object, 3, 13);
    disk.failures.set(1000);
    assertThatThrownBy(object::sync)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("3 tries and stay dirty")
        .hasMessageContaining("disk full");
    assertThat(object.dirtyPages()).isEqualTo(1);
    assertThatThrownBy(object::close).isInstanceOf(IOException.class);
    assertThat(get(object, 3)).as("still open, nothing lost").isEqualTo(13);
    disk.failures.set(0);
    object.close();
    assertThat(disk.at(3)).isEqualTo(13);
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void aDiskThatHangsStopsNeitherPageoutNorOtherObjects() throws IOException {
    Disk disk = new Disk(40);
    VmObject hangs = kmalloc.object(40L * PAGE, disk);
    VmObject good = kmalloc.object(24L * PAGE, new Disk(24));
    for (int i = 0; i < 20; i++) {
      put(hangs, 2 * i, i + 1);
    }
    for (int i = 0; i < 24; i++) {
      assertThat(get(good, i)).isZero();
    }
    disk.gate = new Semaphore(0);
    MallocType type = kmalloc.type("t");
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      blocks.add(type.kmallocAddress(5000));
    }
    assertThat(disk.writes).isEmpty();
    disk.gate.release(1000);
    blocks.forEach(type::kfree);
    hangs.close();
    assertThat(disk.at(38)).isEqualTo(20);
    good.close();
  }

  @Test
  void aDiskThatAlwaysFailsIsNoProgress() throws Exception {
    Disk disk = new Disk(60);
    disk.failures.set(Integer.MAX_VALUE);
    CountDownLatch told = new CountDownLatch(1);
    try (Kmalloc stalls =
        Kmalloc.builder()
            .arena(64L * PAGE)
            .pageSize(PAGE)
            .reportStallAfter(Duration.ofSeconds(2))
            .onStall(report -> told.countDown())
            .onStall(StallPolicy.THROW_TO_YOUNGEST)
            .build()) {
      VmObject object = stalls.object(60L * PAGE, disk);
      MallocType type = stalls.type("t");
      for (int i = 0; i < 50; i++) {
        put(object, i, i);
      }
      assertThatThrownBy(() -> type.kmallocAddress(30L * PAGE))
          .isInstanceOf(MemoryStalledException.class);
      told.await();
      assertThat(object.dirtyPages()).isEqualTo(50);
      object.discard();
    }
  }

  @Test
  void discardLosesWhatIsDirtyOnPurpose() throws IOException {
    Disk disk = new Disk(2);
    VmObject object = kmalloc.object(2L * PAGE, disk);
    put(object, 0, 5);
    object.discard();
    assertThat(disk.writes).isEmpty();
    assertThat(kmalloc.pages().free()).isEqualTo(64);
    object.close();
  }

  @Test
  void aPageChangedWhileItIsWrittenIsWrittenAgain() throws Exception {
    Disk disk = new Disk(2);
    disk.gate = new Semaphore(0);
    try (VmObject object = kmalloc.object(2L * PAGE, disk)) {
      put(object, 0, 1);
      CompletableFuture<Void> sync =
          CompletableFuture.runAsync(
              () -> {
                try {
                  object.sync();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              Thread::startVirtualThread);
      while (!disk.gate.hasQueuedThreads()) {
        Thread.onSpinWait();
      }
      put(object, 0, 2);
      assertThat(object.dirtyPages()).isEqualTo(1);
      disk.gate.release(100);
      sync.get();
      object.sync();
      assertThat(disk.at(0)).isEqualTo(2);
      assertThat(object.dirtyPages()).isZero();
    }
  }

  @Test
  void closingTheAllocatorFlushesAndAReadOnlyObjectRefuses() throws IOException {
    Disk disk = new Disk(4);
    VmObject object = kmalloc.object(4L * PAGE, disk);
    VmObject readOnly = kmalloc.object(PAGE, (offset, into) -> into.fill((byte) 1));
    assertThatThrownBy(() -> put(readOnly, 0, 1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("the object cannot be written: its pager is no WritablePager");
    put(object, 2, 9);
    kmalloc.close();
    assertThat(disk.at(2)).isEqualTo(9);
  }

  @Test
  void writersAndRequestsShareTheArenaWhileTheDiskFailsNowAndThen() throws Exception {
    Disk disk = new Disk(200);
    MallocType type = kmalloc.type("t");
    int[] model = new int[200];
    long seed = System.nanoTime();
    CountDownLatch done = new CountDownLatch(1);
    Thread asker =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (done.getCount() > 0) {
                    type.kfree(type.kmallocAddress(5L * PAGE));
                  }
                });
    Random random = new Random(seed);
    try (VmObject object = kmalloc.object(200L * PAGE, disk)) {
      for (int i = 0; i < 4000; i++) {
        int index = random.nextInt(200);
        if (i % 1000 == 0) {
          disk.failures.set(1);
        }
        assertThat(get(object, index)).as("seed %s round %s", seed, i).isEqualTo(model[index]);
        put(object, index, i);
        model[index] = i;
      }
      done.countDown();
      asker.join();
    }
    for (int i = 0; i < 200; i++) {
      assertThat(disk.at(i)).as("seed %s page %s", seed, i).isEqualTo(model[i]);
    }
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }
}
