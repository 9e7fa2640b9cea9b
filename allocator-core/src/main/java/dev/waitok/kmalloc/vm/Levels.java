package dev.waitok.kmalloc.vm;

/**
 * The marks on the FREE queue, in pages: {@code 0 < interrupt < reserved < min < target}.
 *
 * @param interrupt I: what only interrupt-time requests may take
 * @param reserved R: what only requests that name a reserve may take
 * @param min below it, pageout is woken
 * @param target what pageout restores
 */
public record Levels(int interrupt, int reserved, int min, int target) {
  /** The floor of a request's level: how many FREE pages it has to leave. */
  int floor(int level) {
    return switch (level) {
      case PageRequest.TO_LAST_PAGE -> 0;
      case PageRequest.TO_INTERRUPT_RESERVE -> interrupt;
      default -> reserved;
    };
  }
}
