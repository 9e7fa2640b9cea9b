package dev.waitok.benchmarks.scheduler;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

/**
 * The floor of all switching: a continuation of the JVM itself, run on a platform thread. One
 * operation is one {@code run()} that ends in one {@code yield()}.
 */
final class Floor {
  private static final ContinuationScope SCOPE = new ContinuationScope("floor");

  private final Continuation continuation =
      new Continuation(
          SCOPE,
          () -> {
            while (true) {
              boolean _ = Continuation.yield(SCOPE);
            }
          });

  void run(int times) {
    for (int i = 0; i < times; i++) {
      continuation.run();
    }
  }
}
