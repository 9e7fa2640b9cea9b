package dev.waitok.lwkt;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocBuilder;
import dev.waitok.kmalloc.KmallocTimeoutException;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.MemoryReport;
import dev.waitok.kmalloc.MemoryStalledException;
import dev.waitok.kmalloc.Registration;
import dev.waitok.kmalloc.StallPolicy;
import dev.waitok.kmalloc.TestHooks;
import dev.waitok.kmalloc.VmObject;
import dev.waitok.lwkt.LwktFixture.Running;
import dev.waitok.lwkt.sched.Tcb;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An allocator that only a scheduler's threads use finds out at once that none of them can run, and
 * says so then and only then. No stall is reported otherwise: that takes longer than a test may.
 */
abstract class RestContract {
  private static final int PAGE = 4096;

  /** Looks enough to be sure that one more changes nothing. */
  private static final int LOOKS = 6;

  private final Queue<MemoryReport> reports = new ConcurrentLinkedQueue<>();
  private Kmalloc kmalloc;
  private LwktFixture fixture;
  private MallocType type;

  abstract Dispatch dispatch();

  @BeforeEach
  void open() {
    open(StallPolicy.THROW_TO_YOUNGEST);
  }

  private void open(StallPolicy policy) {
    kmalloc = builder().scheduledOnly().onStall(policy).build();
    fixture = new LwktFixture(Lwkt.builder().cpus(2).dispatch(dispatch()).kmalloc(kmalloc));
    type = kmalloc.type("test");
  }

  private KmallocBuilder builder() {
    return Kmalloc.builder()
        .arena(64L * PAGE)
        .pageSize(PAGE)
        .reportStallAfter(Duration.ofHours(1))
        .onStall(reports::add);
  }

  @AfterEach
  void close() {
    fixture.close();
    kmalloc.close();
  }

  private List<Long> takeAll() {
    List<Long> held = new ArrayList<>();
    for (long b = type.tryKmallocAddress(PAGE, M_INTNOWAIT);
        b != Kmalloc.NULL;
        b = type.tryKmallocAddress(PAGE, M_INTNOWAIT)) {
      held.add(b);
    }
    return held;
  }

  private void free(List<Long> held) {
    held.forEach(type::kfree);
    held.clear();
  }

  /** A thread that takes all there is, then waits for what somebody else does, and frees it. */
  private Running holder(int cpu, Holder waits) {
    return holder(cpu, waits, true);
  }

  private Running holder(int cpu, Holder waits, boolean takes) {
    CountDownLatch has = new CountDownLatch(1);
    Running running =
        fixture.start(
            "holder",
            Priority.KERN_DAEMON,
            cpu,
            () -> {
              List<Long> held = takes ? takeAll() : new ArrayList<>();
              has.countDown();
              waits.await();
              free(held);
            });
    LwktFixture.until(() -> has.getCount() == 0);
    return running;
  }

  private interface Holder {
    void await() throws Exception;
  }

  private Running waiter(int cpu) {
    return fixture.start(
        "waiter", Priority.KERN_DAEMON, cpu, () -> type.kfree(type.kmallocAddress(PAGE)));
  }

  /** Waits until it was looked often while somebody waits. */
  private void awaitLooks() {
    LwktFixture.until(() -> kmalloc.pageStatistics().waiting() > 0);
    long seen = TestHooks.of(kmalloc).restLooks();
    LwktFixture.until(() -> TestHooks.of(kmalloc).restLooks() >= seen + LOOKS);
  }

  @Test
  void whoWaitsWhileAllOthersWaitIsToldAtOnce() throws Exception {
    // Each holds a part and wants more: a deadlock over memory. The youngest gives way each time.
    AtomicInteger gaveUp = new AtomicInteger();
    AtomicInteger ready = new AtomicInteger();
    List<Running> all = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      all.add(
          fixture.start(
              "t" + t,
              Priority.KERN_DAEMON,
              t % 2,
              () -> {
                List<Long> held = new ArrayList<>();
                try {
                  for (int i = 0; i < 36; i++) {
                    held.add(type.kmallocAddress(PAGE));
                    if (i == 11) {
                      ready.incrementAndGet();
                      while (ready.get() < 4) {
                        Lwkt.yield();
                      }
                    }
                  }
                } catch (MemoryStalledException e) {
                  gaveUp.incrementAndGet();
                }
                free(held);
              }));
    }
    for (Running running : all) {
      running.await();
    }
    assertThat(gaveUp.get()).isBetween(1, 3);
    assertThat(reports).hasSize(gaveUp.get());
    assertThat(reports.element().waiters()).isNotEmpty();
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void oneWhoSleepsOnAnObjectNobodyWakesIsNoHope() throws Exception {
    Object ident = new Object();
    Running holder = holder(1, () -> Lwkt.tsleep(ident, "never"));
    assertThatThrownBy(() -> waiter(0).await()).isInstanceOf(MemoryStalledException.class);
    Lwkt.wakeup(ident);
    holder.await();
    assertThat(reports).hasSize(1);
  }

  @Test
  void itIsToldOnceForAsLongAsNothingChanges() throws Exception {
    close();
    open(StallPolicy.KEEP_WAITING);
    Object ident = new Object();
    Running holder = holder(1, () -> Lwkt.tsleep(ident, "the test"));
    Running waiter = waiter(0);
    LwktFixture.until(() -> !reports.isEmpty());
    awaitLooks();
    assertThat(reports).hasSize(1);
    Running another = waiter(1);
    LwktFixture.until(() -> reports.size() == 2);
    Lwkt.wakeup(ident);
    holder.await();
    waiter.await();
    another.await();
  }

  @Test
  void aTimeLimitIsHope() throws Exception {
    Running holder = holder(1, () -> Lwkt.tsleep(new Object(), "a while", Duration.ofMillis(200)));
    Running waiter = waiter(0);
    waiter.await();
    holder.await();
    assertThat(reports).isEmpty();
    assertThat(TestHooks.of(kmalloc).restLooks()).isPositive();
  }

  @Test
  void oneThatRunsIsHope() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Running holder = holder(1, () -> LwktFixture.pollUntil(() -> go.getCount() == 0));
    Running waiter = waiter(0);
    awaitLooks();
    go.countDown();
    waiter.await();
    holder.await();
    assertThat(reports).isEmpty();
  }

  @Test
  void oneThatIsAwayIsHope() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Running holder =
        holder(
            1,
            () ->
                Lwkt.blocking(
                    () -> {
                      go.await();
                      return null;
                    }));
    Running waiter = waiter(0);
    awaitLooks();
    go.countDown();
    waiter.await();
    holder.await();
    assertThat(reports).isEmpty();
  }

  @Test
  void oneThatIsBlockedInJavaIsHope() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Running holder =
        holder(
            1,
            () -> {
              while (go.getCount() > 0) {
                LockSupport.park(go);
              }
            });
    Running waiter = waiter(0);
    awaitLooks();
    go.countDown();
    LockSupport.unpark(holder.thread().javaThread());
    waiter.await();
    holder.await();
    assertThat(reports).isEmpty();
  }

  @Test
  void aWaitWithADeadlineIsHope() throws Exception {
    Object ident = new Object();
    Running holder = holder(1, () -> Lwkt.tsleep(ident, "the test"));
    Running waiter =
        fixture.start(
            "bounded",
            Priority.KERN_DAEMON,
            0,
            () -> type.kfree(type.kmallocAddress(PAGE, M_WAITOK, Duration.ofMillis(200))));
    assertThatThrownBy(waiter::await).isInstanceOf(KmallocTimeoutException.class);
    assertThat(reports).isEmpty();
    Lwkt.wakeup(ident);
    holder.await();
  }

  @Test
  void anOpenSourceOfChannelsIsHope() throws Exception {
    Pipe pipe = Pipe.open();
    try (IoSource io = fixture.cpu(1).io("pipe", Priority.INT_MED)) {
      IoChannel channel = io.register(pipe.source());
      Running holder = holder(1, () -> channel.await(SelectionKey.OP_READ));
      Running waiter = waiter(0);
      awaitLooks();
      assertThat(pipe.sink().write(java.nio.ByteBuffer.wrap(new byte[] {1}))).isEqualTo(1);
      waiter.await();
      holder.await();
    }
    assertThat(reports).isEmpty();
  }

  @Test
  void aReadThatIsUnderWayIsHope() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reads = new CountDownLatch(1);
    VmObject object =
        kmalloc.object(
            PAGE,
            (offset, into) -> {
              reads.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new java.io.InterruptedIOException();
              }
            });
    List<Long> held = new ArrayList<>();
    Running reader =
        fixture.start(
            "reader",
            Priority.KERN_DAEMON,
            1,
            () -> {
              object.page(0).close();
              held.forEach(type::kfree);
            });
    LwktFixture.until(() -> reads.getCount() == 0);
    fixture.run(() -> held.addAll(takeAll()));
    Running waiter = waiter(0);
    awaitLooks();
    go.countDown();
    waiter.await();
    reader.await();
    assertThat(reports).isEmpty();
    object.close();
  }

  @Test
  void aReclaimerThatBringsOnlyLaterIsHope() throws Exception {
    List<Long> cache = new ArrayList<>();
    fixture.run(() -> cache.addAll(takeAll()));
    AtomicInteger calls = new AtomicInteger();
    try (Registration _ =
        kmalloc.reclaimer(
            "late",
            1,
            0,
            pages -> {
              if (calls.incrementAndGet() < 2) {
                return 0;
              }
              int gave = cache.size();
              free(cache);
              return gave;
            })) {
      waiter(0).await();
    }
    assertThat(reports).isEmpty();
  }

  @Test
  void aSmallRequestIsLetByALargeOneBeforeThatIsTold() throws Exception {
    Object ident = new Object();
    int kept = kmalloc.thresholds().reserved() + 1;
    Running holder =
        holder(
            1,
            () -> {
              List<Long> scattered = takeAll();
              for (int i = 0; i < kept; i++) {
                type.kfree(scattered.remove(i + 1)); // every other one
              }
              Lwkt.tsleep(ident, "the test");
              free(scattered);
            },
            false);
    LwktFixture.awaitState(holder.thread(), Tcb.State.BLOCKED);
    Running large =
        fixture.start(
            "large", Priority.KERN_DAEMON, 0, () -> type.kfree(type.kmallocAddress(8L * PAGE)));
    LwktFixture.until(() -> kmalloc.pageStatistics().waiting() == 1);
    waiter(1).await();
    assertThatThrownBy(large::await).isInstanceOf(MemoryStalledException.class);
    assertThat(reports).hasSize(1);
    assertThat(reports.element().waiters()).hasSize(1);
    Lwkt.wakeup(ident);
    holder.await();
  }

  @Test
  void whoHasNotDeclaredItIsNotWatched() throws Exception {
    fixture.close();
    kmalloc.close();
    kmalloc = builder().build();
    fixture = new LwktFixture(Lwkt.builder().cpus(2).dispatch(dispatch()).kmalloc(kmalloc));
    type = kmalloc.type("test");
    Object ident = new Object();
    Running holder = holder(1, () -> Lwkt.tsleep(ident, "the test"));
    Running waiter = waiter(0);
    LwktFixture.until(() -> kmalloc.pageStatistics().waiting() == 1);
    assertThat(TestHooks.of(kmalloc).restLooks()).isZero();
    Lwkt.wakeup(ident);
    waiter.await();
    holder.await();
    assertThat(reports).isEmpty();
  }
}
