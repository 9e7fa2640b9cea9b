package dev.waitok.lwkt.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.LwktThread;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.SimulationFailure;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The annotation, used and looked at from outside. */
class LwktSimulationTest {
  /** The example of the guide: a packet counter. */
  static final class Examples {
    private static final AtomicInteger REPEATED = new AtomicInteger();
    private Kmalloc kmalloc;
    private Lwkt lwkt;
    private int received;

    @BeforeEach
    void open() {
      kmalloc = Kmalloc.builder().arena(64 << 12).build();
      lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start();
      received = 0;
    }

    @AfterEach
    void close() {
      lwkt.close();
      kmalloc.close();
    }

    @LwktSimulation(seeds = 50)
    void everyPacketIsCounted(Run run) throws Exception {
      assertThat(lwkt.capabilities().dispatch()).isEqualTo(Dispatch.SIMULATED);
      MallocType packets = kmalloc.type("packet");
      Interrupt nic =
          lwkt.cpu(0)
              .interrupt(
                  "nic",
                  Priority.INT_MED,
                  () -> {
                    packets.kfree(packets.kmalloc(1500));
                    received++;
                  });
      run.start("device", nic::raise).join();
      LwktThread reader =
          lwkt.thread("reader")
              .cpu(0)
              .start(
                  () -> {
                    while (received == 0) {
                      Lwkt.poll();
                    }
                  });
      reader.join();
    }

    @LwktSimulation(strategy = LwktSimulation.Kind.EXHAUSTIVE, depth = 60, deviations = 2)
    void countsWithoutCare() throws Exception {
      count();
    }

    @LwktSimulation(seeds = 100, replay = "r-1")
    void repeats() {
      REPEATED.incrementAndGet();
    }

    private void count() throws Exception {
      List<LwktThread> threads = new ArrayList<>();
      for (int cpu = 0; cpu < 2; cpu++) {
        threads.add(
            lwkt.thread("t" + cpu)
                .cpu(cpu)
                .start(
                    () -> {
                      int seen = received;
                      Lwkt.poll();
                      received = seen + 1;
                    }));
      }
      for (LwktThread thread : threads) {
        thread.join();
      }
      assertThat(received).isEqualTo(2);
    }
  }

  @Test
  void aTestThatHoldsPassesAndSaysWhatItDid() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Examples.class, "everyPacketIsCounted", Run.class.getName()))
        .execute()
        .testEvents()
        .assertStatistics(events -> events.succeeded(1).failed(0).reportingEntryPublished(1));
  }

  @Test
  void aTestThatFailsNamesATokenThatRepeatsIt() {
    List<Event> failed =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectMethod(Examples.class, "countsWithoutCare"))
            .execute()
            .testEvents()
            .failed()
            .list();
    assertThat(failed).hasSize(1);
    assertThat(failed.toString())
        .contains(SimulationFailure.class.getName())
        .contains("replay with \"c-");
    System.out.println(failed.toString().substring(0, 600));
  }

  @Test
  void aTokenMakesOneRun() {
    Examples.REPEATED.set(0);
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Examples.class, "repeats"))
        .execute()
        .testEvents()
        .assertStatistics(events -> events.succeeded(1));
    assertThat(Examples.REPEATED).hasValue(1);
  }

  @Test
  void onlyTheKitIsExported() {
    assertThat(LwktSimulation.class.getModule().getDescriptor().exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactly("dev.waitok.lwkt.test");
  }
}
