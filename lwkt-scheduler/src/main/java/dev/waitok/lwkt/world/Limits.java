package dev.waitok.lwkt.world;

/**
 * When a world is given up.
 *
 * @param steps so many steps without progress are a live-lock
 * @param serviceNanos when only services have woken for so long, and others wait, that is a
 *     deadlock
 * @param stuckMillis a thread that takes no step for so long, by the real clock, blocks or loops
 */
public record Limits(long steps, long serviceNanos, long stuckMillis) {}
