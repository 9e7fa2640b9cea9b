package dev.waitok.lwkt.dispatch;

/** A strand of direct dispatch, and how often its cpu was told that it can go on. */
final class DirectSeats {
  private static final DirectSeat SEAT =
      new DirectSeat("stress", new Client(), new AlarmClock("stress"), 0, () -> {});

  /** What the JDK submits for the thread: always the same task. */
  private final Runnable task = this::goOn;

  final DirectStrand strand = new DirectStrand(SEAT, "stress", this, null, false);
  volatile int timesReady;

  DirectSeats() {
    strand.execute(task);
  }

  private void goOn() {}

  /** As the JDK does when the thread can go on. */
  void submit() {
    strand.execute(task);
  }

  private static final class Client implements SeatClient {
    @Override
    public void idle() {}

    @Override
    public boolean pending() {
      return false;
    }

    @Override
    public boolean mayBlock(Strand strand) {
      return true;
    }

    @Override
    public Strand blocked(Strand strand, boolean ready) {
      throw new IllegalStateException("no cpu here");
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by the submitting actor only
    public void ready(Strand strand) {
      ((DirectSeats) strand.owner()).timesReady++;
    }

    @Override
    public void send(Runnable function) {}

    @Override
    public boolean started(Strand strand) {
      return true;
    }

    @Override
    public void alarm() {}

    @Override
    public void failed(Strand strand, Throwable failure) {}
  }
}
