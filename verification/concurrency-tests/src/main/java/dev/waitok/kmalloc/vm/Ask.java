package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;

/** A request in line that nobody runs: it only notes that it was woken. */
public final class Ask extends PageRequest implements Sleeper {
  private final PageQueues queues;
  private volatile boolean woken;

  /** One that a page serves, or a block of a class. */
  public Ask(PageQueues queues, int blockClass, int zoneOwner) {
    super(1, 1, TO_LAST_PAGE, true, blockClass, zoneOwner);
    this.queues = queues;
    this.sleeper = this;
    this.standsInLine = true;
  }

  /** Stands in line. */
  public void standInLine() {
    queues.enqueue(this);
  }

  /** Whether somebody woke it. */
  public boolean isWoken() {
    return woken;
  }

  @Override
  protected long attempt(Caller caller) {
    throw new IllegalStateException("run by no supply");
  }

  @Override
  protected void decided(Outcome outcome, boolean preempting) {}

  @Override
  protected void callIn() {}

  @Override
  public void sleep(long nanos) {
    throw new IllegalStateException("asleep already");
  }

  @Override
  public void wake() {
    woken = true;
  }
}
