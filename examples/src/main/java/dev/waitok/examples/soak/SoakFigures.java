package dev.waitok.examples.soak;

import java.util.ArrayList;
import java.util.List;

/** What one dispatch mode's rounds came to; its fields are written as JSON. */
final class SoakFigures {
  public final String dispatch;
  public final List<String> broken = new ArrayList<>();
  public long rounds;
  public long raised;
  public long served;
  public long refused;
  public long aborted;
  public long switched;
  public long blocks;
  public long pagesRead;
  public long readsFailed;
  public long cancelled;
  public long faults;
  public long corruption;
  public long residentAtStart;
  public long residentAtEnd;
  public long seconds;

  SoakFigures(String dispatch) {
    this.dispatch = dispatch;
  }

  /** Adds a round that ended as it should, or notes what it broke. */
  void add(Tally tally) {
    rounds++;
    raised += tally.raised.get();
    served += tally.served.get();
    refused += tally.refused.get();
    aborted += tally.aborted.get();
    switched += tally.switched.get();
    blocks += tally.blocks.get();
    pagesRead += tally.pagesRead.get();
    readsFailed += tally.readsFailed.get();
    cancelled += tally.cancelled.get();
    faults += tally.faults.get();
    corruption += tally.corruption.get();
    Throwable failure = tally.failure();
    if (failure != null) {
      broken.add("a thread met " + failure);
    }
    if (tally.corruption.get() != 0) {
      broken.add(tally.corruption.get() + " blocks or pages did not hold what belongs there");
    }
    if (tally.open() != 0) {
      broken.add(tally.open() + " requests were lost");
    }
  }
}
