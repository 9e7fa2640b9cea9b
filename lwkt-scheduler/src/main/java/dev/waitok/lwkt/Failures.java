package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.Refusals;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.TimeUnit;

/** Every exception that this module throws on purpose, with its words. */
final class Failures implements Refusals {
  @Override
  public RuntimeException mustBlock() {
    return MustBlock.INSTANCE;
  }

  @Override
  public boolean isMustBlock(Throwable thrown) {
    return thrown == MustBlock.INSTANCE;
  }

  @Override
  public RuntimeException cannotBlock(String thread, String why) {
    return new CannotBlockException(thread + " may not block: " + why);
  }

  @Override
  public RuntimeException pinned(String thread, long nanos) {
    return new PinnedException(
        thread
            + " cannot leave its cpu (a native frame or a class initialiser is on its stack); it has"
            + " waited in place for "
            + TimeUnit.NANOSECONDS.toMillis(nanos)
            + " ms");
  }

  static NotLwktThreadException notLwktThread(String call) {
    return new NotLwktThreadException(
        call + " needs an LWKT thread, and " + Thread.currentThread() + " is none");
  }

  static IllegalStateException foreignThread(String thread) {
    return new IllegalStateException(
        "thread "
            + thread
            + " belongs to another Lwkt than the one that is bound to this allocator");
  }

  static LwktClosedException closed(String name, String what) {
    return new LwktClosedException(name + " is closed and takes no more " + what);
  }

  static IllegalArgumentException noSuchPriority(int level) {
    return new IllegalArgumentException("priority " + level + " is not between 0 and 31");
  }

  static IllegalArgumentException noSuchCpu(int index, int cpus) {
    return new IllegalArgumentException("cpu " + index + " is not between 0 and " + (cpus - 1));
  }

  static IllegalArgumentException tooFewCpus(int cpus) {
    return new IllegalArgumentException(cpus + " cpus: at least 1 is needed");
  }

  static IllegalStateException closedFromInside(String name) {
    return new IllegalStateException(name + " cannot be closed by one of its own threads");
  }

  static IllegalStateException notInSection(String thread, String section) {
    return new IllegalStateException(thread + " leaves a " + section + " that it has not entered");
  }

  static IllegalStateException waitedForAlready(String source, SelectableChannel channel) {
    return new IllegalStateException(
        "somebody waits for " + channel + " of " + source + " already: one at a time");
  }

  static IllegalArgumentException noSuchOperations(int operations, SelectableChannel channel) {
    return new IllegalArgumentException(
        "operations " + operations + ": " + channel + " has " + channel.validOps());
  }

  static SocketTimeoutException notReadyInTime(SelectableChannel channel, long nanos) {
    return new SocketTimeoutException(
        channel + " was not ready within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
  }

  static InterruptedIOException interruptedAt(SelectableChannel channel) {
    return new InterruptedIOException("interrupted while it waited for " + channel);
  }

  static UnsupportedOperationException noChannelsInSimulations() {
    return new UnsupportedOperationException(
        "Cpu.io: a simulation has no real channels; raise an interrupt in their stead");
  }
}
