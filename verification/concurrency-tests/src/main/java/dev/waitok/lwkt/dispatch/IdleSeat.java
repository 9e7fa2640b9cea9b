package dev.waitok.lwkt.dispatch;

/** A seat that nobody ever holds: what others do to its cpu stays there to be seen. */
public final class IdleSeat implements Seat {
  private static final class Nobody extends Strand {
    Nobody(Object owner) {
      super(owner);
    }

    @Override
    public Thread javaThread() {
      return Thread.currentThread();
    }
  }

  /** Seats that nobody ever holds. */
  public static final class Idle implements Dispatcher {
    @Override
    public Seat newSeat(String name, SeatClient client) {
      return new IdleSeat();
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public boolean affinity() {
      return false;
    }

    @Override
    public boolean awaitClosed(long nanos) {
      return true;
    }

    @Override
    public void close() {}
  }

  private static IllegalStateException nobody() {
    return new IllegalStateException("nobody holds this seat");
  }

  @Override
  public Strand newStrand(String name, Object owner, Runnable body, boolean announce) {
    return new Nobody(owner);
  }

  @Override
  public Strand newIdle(Object owner) {
    return new Nobody(owner);
  }

  @Override
  public void open() {}

  @Override
  public boolean transfer(Strand from, Strand to) {
    throw nobody();
  }

  @Override
  public void exit(Strand from, Strand to) {
    throw nobody();
  }

  @Override
  public boolean leave(Strand from, Strand to) {
    throw nobody();
  }

  @Override
  public void rejoin(Strand strand) {
    throw nobody();
  }

  @Override
  public void occupy(Object owner) {}

  @Override
  public void await(long nanos) {
    throw nobody();
  }

  @Override
  public void awaited() {}

  @Override
  public void wake() {}

  @Override
  public void alarm(long deadline) {}
}
