package dev.waitok.lwkt;

import org.junit.jupiter.api.Nested;

/** Every contract on direct dispatch. */
class DirectContractTest {
  @Nested
  class Switching extends SwitchContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Preempting extends PreemptionContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Fast extends FastContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Items extends ItemContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Sections extends SectionsContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Tokens extends TokenContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Sleeping extends SleepContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Blocking extends BlockingContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Lifecycle extends LifecycleContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Context extends ContextContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }

  @Nested
  class Binding extends KmallocBindingContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.DIRECT;
    }
  }
}
