package dev.waitok.benchmarks.compare;

/**
 * One comparison, as programs read it.
 *
 * @param work what was done
 * @param peer against whom
 * @param ours our figure, the median of the rounds
 * @param theirs the peer's
 * @param unit of both
 * @param ratio the median over the rounds of ours by theirs in the same round; against 0, ours
 */
record Row(String work, String peer, double ours, double theirs, String unit, double ratio) {}
