package dev.waitok.kmalloc;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmObjectTest {
  private static final int PAGE = 4096;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(64L * PAGE).pageSize(PAGE).build();

  @AfterEach
  void close() {
    if (!kmalloc.isClosed()) {
      TestHooks.of(kmalloc).checkInvariants();
    }
    kmalloc.close();
  }

  @Test
  void aFileLargerThanTheArenaReadsTrue(@TempDir Path dir) throws IOException {
    byte[] contents = new byte[300 * PAGE - 77];
    new Random(1).nextBytes(contents);
    Path file = Files.write(dir.resolve("file"), contents);
    Random random = new Random(2);
    try (VmObject object = kmalloc.object(file);
        Arena arena = Arena.ofConfined()) {
      assertThat(object.size()).isEqualTo(contents.length);
      assertThat(object.pages()).isEqualTo(300);
      MemorySegment into = arena.allocate(3 * PAGE);
      for (int i = 0; i < 2000; i++) {
        int n = 1 + random.nextInt(3 * PAGE);
        int from = random.nextInt(contents.length - n);
        object.read(from, into.asSlice(0, n));
        assertThat(
                MemorySegment.mismatch(MemorySegment.ofArray(contents), from, from + n, into, 0, n))
            .isEqualTo(-1);
      }
      try (PageRef last = object.page(299)) {
        assertThat(last.segment().byteSize()).isEqualTo(PAGE - 77);
        assertThat(last.segment().isReadOnly()).isTrue();
      }
      assertThatThrownBy(() -> object.page(300)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> object.read(contents.length, into.asSlice(0, 1)))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void concurrentUsersShareOneRead() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    VmObject object =
        kmalloc.object(
            PAGE,
            (offset, into) -> {
              reads.incrementAndGet();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              into.fill((byte) 7);
            });
    List<CompletableFuture<Byte>> users = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      users.add(CompletableFuture.supplyAsync(() -> firstByte(object), Thread::startVirtualThread));
    }
    go.countDown();
    for (CompletableFuture<Byte> user : users) {
      assertThat(user.get()).isEqualTo((byte) 7);
    }
    assertThat(reads).hasValue(1);
  }

  private static byte firstByte(VmObject object) {
    try (PageRef page = object.page(0)) {
      return page.segment().get(ValueLayout.JAVA_BYTE, 0);
    } catch (IOException e) {
      throw new IllegalStateException("read failed", e);
    }
  }

  @Test
  void anErrorReachesEveryoneAndLeavesNoPage() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger reads = new AtomicInteger();
    VmObject object =
        kmalloc.object(
            PAGE,
            (offset, into) -> {
              if (reads.getAndIncrement() == 0) {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new IOException(e);
                }
                throw new IOException("disk on fire");
              }
              into.fill((byte) 1);
            });
    List<CompletableFuture<Byte>> users = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      users.add(
          CompletableFuture.supplyAsync(
              () -> {
                started.countDown();
                return firstByte(object);
              },
              task -> Thread.ofPlatform().start(task)));
    }
    started.await();
    go.countDown();
    int failed = 0;
    for (CompletableFuture<Byte> user : users) {
      try {
        user.get();
      } catch (ExecutionException e) {
        assertThat(e.getCause().getCause()).hasMessageContaining("disk on fire");
        failed++;
      }
    }
    assertThat(failed).isPositive();
    assertThat(firstByte(object)).isEqualTo((byte) 1);
    object.close();
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void aPagerThatThrowsAnythingIsReported() {
    VmObject object =
        kmalloc.object(
            PAGE,
            (offset, into) -> {
              throw new ArithmeticException("no such page");
            });
    assertThatThrownBy(() -> object.page(0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such page");
    assertThat(kmalloc.pages().free()).isEqualTo(64);
  }

  @Test
  void aPagerMayNotWaitForMemory() throws IOException {
    MallocType type = kmalloc.type("pager");
    VmObject object =
        kmalloc.object(
            PAGE,
            (offset, into) -> {
              MemorySegment scratch = type.tryKmalloc(100);
              assertThat(scratch).isNotNull();
              type.kfree(scratch);
              into.fill((byte) 3);
              type.kfree(type.kmalloc(100, M_WAITOK));
            });
    assertThatThrownBy(() -> object.page(0))
        .isInstanceOf(IOException.class)
        .hasCauseInstanceOf(CannotBlockException.class);
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void pinnedPagesStayUntilLetGo() throws IOException {
    VmObject object = kmalloc.object(200L * PAGE, VmObjectTest::fillWithIndex);
    try (PageRef pinned = object.page(5)) {
      for (int i = 0; i < 200; i++) {
        object.page(i).close();
      }
      assertThat(pinned.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(5);
      assertThat(kmalloc.pages().hold()).isEqualTo(1);
      object.close();
      assertThat(kmalloc.pages().hold()).isEqualTo(1);
      assertThatThrownBy(() -> object.page(1)).hasMessageContaining("closed");
    }
    assertThat(kmalloc.pages().free()).isEqualTo(64);
    object.close();
  }

  @Test
  void aPageUsedTwiceIsActiveAndAgesBack() throws IOException {
    VmObject object = kmalloc.object(2L * PAGE, VmObjectTest::fillWithIndex);
    object.page(0).close();
    assertThat(kmalloc.pages().inactive()).isEqualTo(1);
    object.page(0).close();
    assertThat(kmalloc.pages().active()).isEqualTo(1);
    object.cachePages();
    assertThat(kmalloc.pages().cache()).isEqualTo(1);
    object.page(0).close();
    assertThat(kmalloc.pages().cache()).as("found again").isZero();
  }

  @Test
  void pageoutKeepsFreeAtItsTarget() throws IOException {
    VmObject object = kmalloc.object(500L * PAGE, VmObjectTest::fillWithIndex);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 500; i++) {
        try (PageRef page = object.page(i)) {
          assertThat(page.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(i);
        }
      }
    }
    while (kmalloc.pages().free() < kmalloc.thresholds().min()) {
      Thread.onSpinWait();
    }
  }

  private static void fillWithIndex(long offset, MemorySegment into) {
    into.fill((byte) 0);
    into.set(ValueLayout.JAVA_INT, 0, (int) (offset / PAGE));
  }

  @Test
  void closingWhileOthersReadEndsTheirReads() throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      Kmalloc shortLived = Kmalloc.builder().arena(128L * PAGE).pageSize(PAGE).build();
      VmObject object = shortLived.object(1000L * PAGE, (offset, into) -> into.fill((byte) 1));
      List<Thread> readers = new ArrayList<>();
      CountDownLatch reading = new CountDownLatch(3);
      for (int i = 0; i < 3; i++) {
        int from = i * 300;
        readers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      int index = from;
                      try {
                        while (true) {
                          object.page(index++ % 1000).close();
                          reading.countDown();
                        }
                      } catch (IOException | IllegalStateException | KmallocException e) {
                        assertThat(e).isNotNull();
                      }
                    }));
      }
      reading.await();
      shortLived.close();
      for (Thread reader : readers) {
        reader.join();
      }
    }
  }
}
