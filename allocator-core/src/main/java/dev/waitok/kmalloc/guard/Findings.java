package dev.waitok.kmalloc.guard;

import dev.waitok.kmalloc.arena.ShortLock;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.vm.Service;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Damage on its way to who is told of it. It is found by whoever frees or allocates, who may not
 * block and is maybe innocent, and told on a thread of its own.
 */
final class Findings {
  /** So many wait to be told at most; a program that damages more is told how many. */
  private static final int MOST = 64;

  private static final long HOUR_NANOS = 3_600_000_000_000L;

  private final ShortLock lock = new ShortLock();
  private final @Nullable Damage[] ring = new Damage[MOST];
  private final AtomicLong found = new AtomicLong();
  private final Service service;
  private final Consumer<? super Damage> told;
  private int from;
  private int waiting;

  Findings(Callers callers, Consumer<? super Damage> told) {
    this.told = told;
    this.service = new Service("kmalloc-guard", callers, HOUR_NANOS, asked -> tell());
    service.start();
  }

  /** Notes one. From any caller in any section. */
  void add(Damage damage) {
    found.incrementAndGet();
    lock.lock();
    if (waiting < MOST) {
      ring[(from + waiting++) % MOST] = damage;
    }
    lock.unlock();
    service.wake();
  }

  private @Nullable Damage poll() {
    lock.lock();
    Damage damage = null;
    if (waiting > 0) {
      damage = ring[from];
      ring[from] = null;
      from = (from + 1) % MOST;
      waiting--;
    }
    lock.unlock();
    return damage;
  }

  private void tell() {
    for (Damage d = poll(); d != null; d = poll()) {
      told.accept(d);
    }
  }

  /** How many were found. */
  long count() {
    return found.get();
  }

  void close(Caller caller) {
    service.close(caller);
    tell();
  }
}
