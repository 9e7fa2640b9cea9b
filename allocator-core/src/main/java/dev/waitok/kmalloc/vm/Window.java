package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.RunTree;
import org.jspecify.annotations.Nullable;

/**
 * The pages that are being cleared for one request, and which of them are FREE by now: these are
 * <em>kept</em>, apart from the other FREE pages. One at a time; guarded by the page queues' lock
 * but for {@link #span}.
 */
final class Window {
  static final long NONE = 0;

  /** The FREE pages inside. */
  final RunTree kept;

  private @Nullable PageRequest owner;

  /** The first page and the number of pages, as {@link PageQueues#firstOf} and lengthOf read. */
  private volatile long span = NONE;

  /** Closed, and what was withdrawn for it has not been restored yet. */
  private volatile boolean stale;

  Window(int pages) {
    this.kept = new RunTree(pages);
  }

  /** For whom it is, or null if there is none. */
  @Nullable PageRequest owner() {
    return owner;
  }

  /** Its first page and its length; {@link #NONE} if there is none. A volatile load. */
  long span() {
    return span;
  }

  /** Whether it was closed and {@link #restored} has not been said. A volatile load. */
  boolean stale() {
    return stale;
  }

  void open(PageRequest request, int from, int n) {
    owner = request;
    span = PageQueues.run(from, n);
  }

  void close() {
    owner = null;
    span = NONE;
    stale = true;
  }

  void restored() {
    stale = false;
  }

  /** Whether a range has a page inside; one volatile load. */
  boolean meets(int page, int n) {
    long now = span;
    int from = PageQueues.firstOf(now);
    return page < from + PageQueues.lengthOf(now) && from < page + n && now != NONE;
  }

  /** The first page of a range that is inside, or the range's end. */
  int begin(int page, int n) {
    return Math.clamp(PageQueues.firstOf(span), page, page + n);
  }

  /** The first page of a range that is behind. */
  int end(int page, int n) {
    return Math.clamp((long) PageQueues.firstOf(span) + PageQueues.lengthOf(span), page, page + n);
  }
}
