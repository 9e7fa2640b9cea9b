package dev.waitok.lwkt.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Finds out on whose behalf the calling thread runs. This is the bottom of the hottest path of all:
 * direct, one intrinsic, one type check and one field; portable, one scoped value and one
 * comparison more.
 */
public final class Occupant {
  private Occupant() {}

  /**
   * The owner of the strand that calls, as last told to {@link Seat#occupy}; null if the calling
   * thread holds no seat. Makes no garbage.
   */
  public static @Nullable Object current() {
    if (DirectAccess.AVAILABLE && DirectAccess.currentCarrier() instanceof Carrier carrier) {
      return carrier.occupant;
    }
    return PortableStrand.inUse ? PortableStrand.currentOwner() : null;
  }

  /**
   * Leaves a note with the cpu that the caller holds: what {@link #note} gives there until it is
   * replaced. Direct dispatch only; else nothing happens.
   */
  public static void leaveNote(CpuNote note) {
    if (DirectAccess.AVAILABLE && DirectAccess.currentCarrier() instanceof Carrier carrier) {
      carrier.note = note;
    }
  }

  /** The note that was left here last, whoever left it; null if none was. */
  public static @Nullable CpuNote note() {
    return DirectAccess.AVAILABLE && DirectAccess.currentCarrier() instanceof Carrier carrier
        ? carrier.note
        : null;
  }
}
