package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;

/** A request that no supply runs: it stands in line and counts how often it was woken. */
final class SilentRequest extends PageRequest implements Sleeper {
  int wakeUps;

  SilentRequest(int pages, int level, int blockClass, int zoneOwner) {
    super(pages, 1, level, true, blockClass, zoneOwner);
    floorLevel = level;
    standsInLine = true;
    sleeper = this;
  }

  @Override
  protected long attempt(Caller caller) {
    throw new IllegalStateException("not run by a supply");
  }

  @Override
  protected void decided(Outcome outcome, boolean preempting) {}

  @Override
  protected void callIn() {}

  @Override
  public void sleep(long nanos) {
    throw new IllegalStateException("nobody sleeps here");
  }

  @Override
  public void wake() {
    wakeUps++;
  }
}
