package dev.waitok.lwkt;

import org.junit.jupiter.api.Nested;

/** Every contract on portable dispatch. */
class PortableContractTest {
  @Nested
  class Switching extends SwitchContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Preempting extends PreemptionContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Fast extends FastContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Items extends ItemContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Sections extends SectionsContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Tokens extends TokenContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Sleeping extends SleepContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Blocking extends BlockingContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Lifecycle extends LifecycleContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Context extends ContextContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }

  @Nested
  class Binding extends KmallocBindingContract {
    @Override
    Dispatch dispatch() {
      return Dispatch.PORTABLE;
    }
  }
}
