package dev.waitok.examples.decisions;

/**
 * What really happened in one state of the decision table.
 *
 * @param flags what was asked with
 * @param preempting whether the caller preempted somebody
 * @param free the band of FREE pages
 * @param cache "empty" or "full"
 * @param outcome the first attempt's: FREE, CACHE, null, wait or switch
 * @param then what the attempt after a wait or a switch found, else empty
 * @param freeBefore FREE pages before the first attempt
 * @param freeAfter and after it
 * @param cacheBefore CACHE pages before the first attempt
 * @param cacheAfter and after it
 */
record Cell(
    String flags,
    boolean preempting,
    String free,
    String cache,
    String outcome,
    String then,
    int freeBefore,
    int freeAfter,
    int cacheBefore,
    int cacheAfter) {

  /** What happened, in a word or two. */
  String summary() {
    return then.isEmpty() ? outcome : outcome + ", " + then;
  }
}
