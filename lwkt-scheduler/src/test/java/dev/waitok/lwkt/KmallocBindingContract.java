package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The real allocator, called by this scheduler's threads. */
abstract class KmallocBindingContract {
  abstract Dispatch dispatch();

  @Test
  void threadsAndInterruptsAllocateFromTheirCpu() throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 << 20).build();
        LwktFixture fixture =
            new LwktFixture(Lwkt.builder().cpus(2).dispatch(dispatch()).kmalloc(kmalloc))) {
      MallocType type = kmalloc.type("test");
      AtomicReference<MemorySegment> fromInterrupt = new AtomicReference<>();
      Interrupt i =
          fixture
              .cpu(0)
              .interrupt(
                  "i",
                  Priority.INT_MED,
                  () -> {
                    assertThat(Lwkt.preempting()).isTrue();
                    fromInterrupt.set(type.kmalloc(512));
                  });
      fixture.run(
          () -> {
            MemorySegment block = type.kmalloc(100);
            assertThat(block.byteSize()).isEqualTo(100);
            i.raise();
            assertThat(fromInterrupt.get()).isNotNull();
            type.kfree(fromInterrupt.get());
            type.kfree(block);
          });
      fixture.run(
          1,
          () -> {
            for (int n = 0; n < 10_000; n++) {
              type.kfree(type.kmalloc(64));
            }
          });
      assertThat(type.statistics().inUse()).isZero();
    }
  }

  @Test
  void whereNobodyMayWaitTheWaitingFamilyIsRefusedAndTheOtherServed() throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 << 20).build();
        LwktFixture fixture =
            new LwktFixture(Lwkt.builder().cpus(1).dispatch(dispatch()).kmalloc(kmalloc))) {
      MallocType type = kmalloc.type("test");
      fixture.run(
          () -> {
            Lwkt.enterHard();
            assertThatThrownBy(() -> type.kmalloc(100))
                .isInstanceOf(dev.waitok.kmalloc.CannotBlockException.class)
                .hasMessageContaining("hard section");
            MemorySegment block = type.tryKmalloc(100);
            assertThat(block).isNotNull();
            type.kfree(block);
            Lwkt.leaveHard();
          });
    }
  }

  @Test
  void aThreadWhoseSchedulerIsNotBoundToTheAllocatorIsRefused() throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 << 20).build();
        LwktFixture fixture = new LwktFixture(dispatch(), 1)) {
      MallocType type = kmalloc.type("test");
      fixture.run(
          () ->
              assertThatThrownBy(() -> type.kmalloc(100))
                  .isInstanceOf(IllegalStateException.class));
      // Off its cpu it is a plain thread.
      fixture.run(
          () ->
              Lwkt.blocking(
                  () -> {
                    type.kfree(type.kmalloc(100));
                    return null;
                  }));
      type.kfree(type.kmalloc(100, MallocFlags.M_WAITOK));
    }
  }

  @Test
  void anAllocatorHasOneSchedulerAtATime() throws Exception {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 << 20).build()) {
      try (LwktFixture fixture =
          new LwktFixture(Lwkt.builder().cpus(1).dispatch(dispatch()).kmalloc(kmalloc))) {
        assertThatThrownBy(
                () -> Lwkt.builder().cpus(1).dispatch(dispatch()).kmalloc(kmalloc).start())
            .isInstanceOf(IllegalStateException.class);
        fixture.run(() -> kmalloc.type("test").kfree(kmalloc.type("test").kmalloc(10)));
      }
      try (LwktFixture fixture =
          new LwktFixture(Lwkt.builder().cpus(1).dispatch(dispatch()).kmalloc(kmalloc))) {
        fixture.run(() -> kmalloc.type("test").kfree(kmalloc.type("test").kmalloc(10)));
      }
    }
  }
}
