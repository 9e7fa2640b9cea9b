package dev.waitok.lwkt.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Interrupt;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.test.LwktSimulation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The test kit with JUnit Jupiter 5.11: directly, and looked at from outside. */
class TestKitOnJUnit5Test {
  private Kmalloc kmalloc;
  private Lwkt lwkt;

  @BeforeEach
  void open() {
    kmalloc = Kmalloc.builder().arena(64 << 12).build();
    lwkt = Lwkt.builder().cpus(2).kmalloc(kmalloc).start();
  }

  @AfterEach
  void close() {
    lwkt.close();
    kmalloc.close();
  }

  @LwktSimulation(seeds = 50)
  void packetsGetMemory(Run run) throws Exception {
    MallocType type = kmalloc.type("packet");
    Interrupt nic =
        lwkt.cpu(0).interrupt("nic", Priority.INT_MED, () -> type.kfree(type.kmalloc(9000)));
    lwkt.thread("user").cpu(0).start(() -> type.kfree(type.kmalloc(200_000)));
    run.start("device", nic::raise).join();
  }

  @LwktSimulation(replay = "c-HQE")
  void aTokenIsReplayed(Run run) {
    assertThat(run.choose(2)).isBetween(0, 1);
  }

  /** Not found by name, since it fails. */
  static final class Failing {
    @LwktSimulation(strategy = LwktSimulation.Kind.EXHAUSTIVE, depth = 20)
    void neverTheSecond(Run run) {
      run.choose(2);
      assertThat(run.choose(3)).isNotEqualTo(2);
    }
  }

  @Test
  void aFailureNamesItsToken() {
    assertThat(
            EngineTestKit.engine("junit-jupiter")
                .selectors(selectMethod(Failing.class, "neverTheSecond", Run.class.getName()))
                .execute()
                .testEvents()
                .failed()
                .list()
                .toString())
        .contains("replay with \"c-AQI\"");
  }

  @Test
  void thisIsJUnit5() {
    String jar = Test.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    assertThat(jar).contains("junit-jupiter-api-5.11.");
  }
}
