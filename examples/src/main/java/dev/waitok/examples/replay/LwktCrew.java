package dev.waitok.examples.replay;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.Scheduler;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.Priority;

/** A crew of LWKT threads, spread over the cpus by their numbers. */
final class LwktCrew implements Crew {
  private final Lwkt lwkt;
  private final int cpus;

  LwktCrew(Kmalloc kmalloc, DispatchOption dispatch, int cpus) {
    this.cpus = cpus;
    this.lwkt = Scheduler.start(kmalloc, dispatch, cpus);
  }

  @Override
  public Member start(String name, int number, Runnable body) {
    return lwkt.thread(name).priority(Priority.KERN_DAEMON).cpu(number % cpus).start(body)::join;
  }

  @Override
  public boolean mayContinue(int thread) {
    return true;
  }

  @Override
  public void pause(int tries) {
    Waiting.pause(this, tries);
  }

  @Override
  public String dispatch() {
    return Scheduler.dispatch(lwkt);
  }

  @Override
  public void close() {
    lwkt.close();
  }
}
