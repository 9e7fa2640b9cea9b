package dev.waitok.benchmarks.scheduler;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Cpu;
import dev.waitok.lwkt.Dispatch;
import dev.waitok.lwkt.Lwkt;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A scheduler with one cpu, in direct dispatch, and the allocator that is bound to it. */
@State(Scope.Benchmark)
public class OneCpu {
  private static final long ARENA = 64L << 20;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(ARENA).build();
  private final Lwkt lwkt =
      Lwkt.builder().cpus(1).dispatch(Dispatch.DIRECT).kmalloc(kmalloc).start();
  private final MallocType type = kmalloc.type("handler");

  @TearDown(Level.Trial)
  public void stop() {
    lwkt.close();
    kmalloc.close();
  }

  Lwkt lwkt() {
    return lwkt;
  }

  Cpu cpu() {
    return lwkt.cpu(0);
  }

  MallocType type() {
    return type;
  }

  /** Runs something on a thread of the cpu. */
  void run(Runnable body) throws InterruptedException {
    lwkt.thread("alone").start(body).join();
  }
}
