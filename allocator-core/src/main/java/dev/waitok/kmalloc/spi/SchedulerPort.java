package dev.waitok.kmalloc.spi;

/** Where a scheduler binds itself to one allocator. An allocator has at most one scheduler. */
public interface SchedulerPort {

  /**
   * Attaches a scheduler: its threads are asked about through its context from now on, and each of
   * its cpus gets zones of its own, which only code that runs on that cpu, inside {@link
   * ExecutionContext.Caller#enterCritical}, touches.
   *
   * @param scheduler the scheduler's context
   * @param cpus how many cpus it has, 1 or more
   * @return the lease; its close ends the binding
   * @throws IllegalStateException if a scheduler is attached already or the allocator is closed
   */
  Lease attach(ExecutionContext scheduler, int cpus);

  /** The binding of one scheduler to one allocator. */
  interface Lease extends AutoCloseable {

    /**
     * Ends the binding: the cpus' zones and pending frees are handed over to the plain threads'
     * stripes, and another scheduler may attach. Call it when no thread of the scheduler runs any
     * more. Closing twice, or after the allocator was closed, does nothing.
     */
    @Override
    void close();
  }
}
