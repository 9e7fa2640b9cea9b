package dev.waitok.kmalloc;

import org.jspecify.annotations.Nullable;

/**
 * What one reclaimer has done.
 *
 * @param name its name
 * @param cost who costs less is called first
 * @param calls how often it was called
 * @param pages how many pages it says it gave back, in all
 * @param nanos how long it ran, in all
 * @param setAside why it is not called any more, or not for a while, or null
 */
public record ReclaimerStatistics(
    String name, int cost, long calls, long pages, long nanos, @Nullable String setAside) {}
