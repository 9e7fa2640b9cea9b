package dev.waitok.kmalloc.slab;

import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.Outcome;
import dev.waitok.kmalloc.vm.PageRequest;
import org.jspecify.annotations.Nullable;

/** A request too large for a zone: a run of pages of its own. An attempt gives its first page. */
final class RunRequest extends PageRequest {
  private final Slabs slabs;
  private final TypeLedger ledger;
  private final int pages;
  private final @Nullable ZoneOwner cpu;
  private boolean waited;

  RunRequest(
      Slabs slabs, TypeLedger ledger, int pages, int align, int demand, @Nullable ZoneOwner cpu) {
    super(
        pages,
        align,
        Demand.level(demand),
        Demand.waits(demand),
        NO_CLASS,
        cpu == null ? ZoneOwner.STRIPES : cpu.slot);
    this.slabs = slabs;
    this.ledger = ledger;
    this.pages = pages;
    this.cpu = cpu;
  }

  @Override
  protected long attempt(Caller caller) {
    int page = slabs.supply().takeFree(this, pages);
    if (page < 0 && slabs.giveUpIdle(cpu, caller)) {
      page = slabs.supply().takeFree(this, pages);
    }
    return page < 0 ? slabs.supply().take(this, caller) : page;
  }

  @Override
  protected void decided(Outcome outcome, boolean preempting) {
    waited =
        slabs.note(ledger, (long) pages << slabs.pageShift(), this, preempting, outcome, waited);
  }

  @Override
  protected String describe() {
    return "a run of type " + ledger.name();
  }

  @Override
  protected void callIn() {
    slabs.owners().callIn();
  }
}
