package dev.waitok.lwkt.sched;

import dev.waitok.lwkt.dispatch.SeatClient;
import dev.waitok.lwkt.dispatch.Strand;

/** What dispatch asks of a cpu; {@link SeatClient} says who calls. */
record SeatListener(CpuScheduler cpu) implements SeatClient {
  @Override
  public void idle() {
    IdleLoop.run(cpu);
  }

  @Override
  public boolean pending() {
    return cpu.inbox.mustNotSleep();
  }

  @Override
  public boolean mayBlock(Strand strand) {
    return cpu.current().hard == 0;
  }

  @Override
  public Strand blocked(Strand strand, boolean ready) {
    return cpu.switcher.blocked(cpu.current(), ready);
  }

  @Override
  public void ready(Strand strand) {
    cpu.post(((Tcb) strand.owner()).readyMessage);
  }

  @Override
  public void send(Runnable function) {
    cpu.post(new Ipi(function));
  }

  @Override
  public boolean started(Strand strand) {
    return ((Tcb) strand.owner()).admit();
  }

  @Override
  public void alarm() {
    cpu.alarm();
  }

  @Override
  public void failed(Strand strand, Throwable failure) {
    cpu.machine.reports().uncaught((Tcb) strand.owner(), failure);
  }
}
