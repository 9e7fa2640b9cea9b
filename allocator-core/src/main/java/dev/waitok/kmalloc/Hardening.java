package dev.waitok.kmalloc;

/**
 * How the blocks of a type are guarded against misuse: see {@link KmallocBuilder#hardened}. A
 * guarded block lies between red zones, is filled when it is new and when it is freed, stays in
 * quarantine after its free, and is known by who allocated it and when; a segment of it throws once
 * it is freed. Blocks that are not guarded cost what they always cost.
 *
 * @param oneIn one allocation in so many is guarded; 1 for all
 * @param zeroing whether the contents of every block of the type, guarded or not, become zero when
 *     it is freed
 * @param failingOneIn one request in so many that may get null gets null; 0 for none
 */
public record Hardening(int oneIn, boolean zeroing, int failingOneIn) {
  /** Every block is guarded. */
  public static final Hardening FULL = new Hardening(1, false, 0);

  /** Checks the numbers. */
  public Hardening {
    if (oneIn < 1 || failingOneIn < 0) {
      throw new IllegalArgumentException(
          "one block in 1 or more is guarded and one request in 0 or more fails: oneIn="
              + oneIn
              + ", failingOneIn="
              + failingOneIn);
    }
  }

  /**
   * One block in so many is guarded, on the average.
   *
   * @param oneIn 1 or more; with 1000 the others make the mean cost small
   * @return the setting
   */
  public static Hardening sampled(int oneIn) {
    return new Hardening(oneIn, false, 0);
  }

  /**
   * The same, and blocks become zero when they are freed, not poison.
   *
   * @return the setting
   */
  public Hardening withZeroing() {
    return new Hardening(oneIn, true, failingOneIn);
  }

  /**
   * The same, and one request in so many that may get null gets null though there is memory, to see
   * that its caller lives with that.
   *
   * @param failing 1 or more; 0 for none
   * @return the setting
   */
  public Hardening withFailures(int failing) {
    return new Hardening(oneIn, zeroing, failing);
  }
}
