package dev.waitok.lwkt.sim;

/**
 * What a simulation has done.
 *
 * @param runs how many runs it made
 * @param steps how many steps they took together
 * @param choices how many choices the longest of them had
 * @param states how many different states an exhaustive search visited, counted as lists of
 *     choices; 0 for other strategies
 * @param trace a hash of what the last run did, step by step: equal for equal interleavings
 */
public record Exploration(int runs, long steps, int choices, long states, long trace) {}
