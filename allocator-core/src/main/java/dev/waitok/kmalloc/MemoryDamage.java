package dev.waitok.kmalloc;

import dev.waitok.kmalloc.guard.Damage;
import dev.waitok.kmalloc.guard.Site;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A guarded block that somebody has written where nobody may.
 *
 * @param kind where that was
 * @param type the block's type
 * @param size how many bytes were asked for
 * @param offset where they begin in {@link Kmalloc#memory()}
 * @param at the first damaged byte, counted from there: negative in front of the block
 * @param value what it holds
 * @param allocated who allocated the block, innermost frame first
 * @param freed who freed it, or null
 */
public record MemoryDamage(
    Kind kind,
    String type,
    long size,
    long offset,
    long at,
    byte value,
    String allocated,
    @Nullable String freed) {
  /** Where somebody wrote. */
  public enum Kind {
    /** In front of the block. */
    UNDERFLOW,
    /** Behind it. */
    OVERFLOW,
    /** To it, after it was freed. */
    USE_AFTER_FREE
  }

  static MemoryDamage of(Damage found) {
    var block = found.block();
    Site freed = block.freed();
    return new MemoryDamage(
        Kind.valueOf(found.kind().name()),
        block.ledger().name(),
        block.size(),
        block.offset(),
        found.at() - block.offset(),
        found.value(),
        full(block.allocated()),
        freed == null ? null : full(freed));
  }

  private static String full(Site site) {
    return site.trace() + " on " + site.thread();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s at byte %d (0x%02x) of a block of type %s, size=%d, offset=%d; allocated at %s%s",
        kind,
        at,
        value,
        type,
        size,
        offset,
        allocated,
        freed == null ? "" : "; freed at " + freed);
  }
}
