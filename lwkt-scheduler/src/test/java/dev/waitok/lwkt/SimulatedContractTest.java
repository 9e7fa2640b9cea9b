package dev.waitok.lwkt;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every contract on simulated dispatch. */
@ExtendWith(InSimulation.class)
class SimulatedContractTest {
  @Nested
  class Switching extends SwitchContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Preempting extends PreemptionContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Fast extends FastContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Items extends ItemContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Sections extends SectionsContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Tokens extends TokenContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Sleeping extends SleepContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Blocking extends BlockingContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Lifecycle extends LifecycleContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Context extends ContextContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }

  @Nested
  class Binding extends KmallocBindingContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.SIMULATED;
    }
  }
}
