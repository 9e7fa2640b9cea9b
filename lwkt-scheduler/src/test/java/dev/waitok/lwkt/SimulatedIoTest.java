package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** No channels in a simulation: what they do is not in its seeds. */
@ExtendWith(InSimulation.class)
class SimulatedIoTest {
  @Test
  void channelsAreRefused() {
    try (Lwkt lwkt = Lwkt.builder().cpus(1).dispatch(Dispatch.SIMULATED).start()) {
      assertThatThrownBy(() -> lwkt.cpu(0).io("net", Priority.INT_MED))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("a simulation has no real channels");
    }
  }
}
