package dev.waitok.lwkt;

/**
 * What a scheduler found it can do here.
 *
 * @param dispatch the dispatch that was chosen, never {@link Dispatch#AUTO}
 * @param reason why that one
 * @param cpus how many cpus it has
 * @param affinity whether a cpu's threads always run on the same platform thread
 * @param javaBlockingReleasesCpu whether a thread that blocks in Java code outside {@link
 *     Lwkt#blocking} gives its cpu and its tokens up meanwhile
 */
public record Capabilities(
    Dispatch dispatch,
    String reason,
    int cpus,
    boolean affinity,
    boolean javaBlockingReleasesCpu) {}
