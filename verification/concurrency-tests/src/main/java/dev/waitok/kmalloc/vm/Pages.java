package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.slab.Owners;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.stress.PatientCaller;

/** An arena of one page, and who wants it. */
final class Pages {
  static final int ALL = 1;

  final PageQueues queues = new PageQueues(ALL, 0, new Levels(0, 0, 0, 0));
  final PatientCaller caller = new PatientCaller();
  private final PageSupply supply;

  Pages() {
    Callers callers = new Callers(caller);
    Owners noZones = new Owners(queues, 12, 1, 0);
    Pageout pageout =
        new Pageout(queues, callers, () -> {}, noZones, new Reclaimers(queues, callers));
    supply = new PageSupply(queues, pageout, callers, true);
    supply.recheckEvery(Long.MAX_VALUE);
  }

  /** One in line that waits for the page. */
  Ask ask() {
    Ask ask = new Ask(queues, PageRequest.NO_CLASS, 0);
    ask.standInLine();
    return ask;
  }

  /** Waits for the page as a call does; false if it would do so for good. */
  boolean waitForPage() {
    return caller.endures(
        () -> {
          long unusedPage = supply.obtain(new OnePage(supply, true));
        });
  }

  /** Takes the page as a call does that does not wait; false if there is none. */
  boolean takeWithoutWait() {
    return supply.obtain(new OnePage(supply, false)) >= 0;
  }

  private static final class OnePage extends PageRequest {
    private final PageSupply supply;

    OnePage(PageSupply supply, boolean waits) {
      super(1, 1, TO_LAST_PAGE, waits, NO_CLASS, 0);
      this.supply = supply;
    }

    @Override
    protected long attempt(Caller caller) {
      return supply.take(this, caller);
    }

    @Override
    protected void decided(Outcome outcome, boolean preempting) {}

    @Override
    protected void callIn() {}
  }
}
