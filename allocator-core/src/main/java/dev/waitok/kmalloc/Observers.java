package dev.waitok.kmalloc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Who observes the calls of one allocator; while nobody does, its calls are the plain ones. */
final class Observers implements CallObserver {
  private final Supplier<Calls> plain;
  private final Supplier<Calls> observed;
  private final Consumer<Calls> use;
  private final List<CallObserver> all = new CopyOnWriteArrayList<>();

  Observers(Supplier<Calls> plain, Supplier<Calls> observed, Consumer<Calls> use) {
    this.plain = plain;
    this.observed = observed;
    this.use = use;
  }

  synchronized void add(CallObserver observer) {
    all.add(observer);
    if (all.size() == 1) {
      use.accept(observed.get());
    }
  }

  synchronized void remove(CallObserver observer) {
    if (all.remove(observer) && all.isEmpty()) {
      use.accept(plain.get());
    }
  }

  @Override
  public void given(MallocType type, long offset, long size, long alignment, int flags) {
    for (CallObserver observer : all) {
      observer.given(type, offset, size, alignment, flags);
    }
  }

  @Override
  public void taking(long offset) {
    for (CallObserver observer : all) {
      observer.taking(offset);
    }
  }

  @Override
  public void tried(MallocType type, long size, boolean gaveNull) {
    for (CallObserver observer : all) {
      observer.tried(type, size, gaveNull);
    }
  }
}
