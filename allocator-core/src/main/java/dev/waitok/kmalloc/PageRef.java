package dev.waitok.kmalloc;

import dev.waitok.kmalloc.vm.ObjectPages;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pinned page of an object: it stays where it is until this is closed. */
public final class PageRef implements AutoCloseable {
  private final Kmalloc kmalloc;
  private final ObjectPages pages;
  private final int index;
  private final int page;
  private final MemorySegment segment;
  private final AtomicBoolean closed = new AtomicBoolean();

  PageRef(Kmalloc kmalloc, ObjectPages pages, int index, int page, MemorySegment segment) {
    this.kmalloc = kmalloc;
    this.pages = pages;
    this.index = index;
    this.page = page;
    this.segment = segment;
  }

  /**
   * The page's contents, to read.
   *
   * @return a read-only segment: a whole page, or less at the object's end; not to be used after
   *     close
   * @throws IllegalStateException if this is closed
   */
  public MemorySegment segment() {
    if (closed.get()) {
      throw new IllegalStateException("the page is no longer pinned: index=" + index);
    }
    return segment;
  }

  /**
   * Lets go of the page. A preempting caller switches away first. Closing again does nothing.
   *
   * @throws CannotBlockException if the caller may not block; the page stays pinned
   */
  @Override
  public void close() {
    kmalloc.becomeOrdinary("PageRef.close");
    if (closed.compareAndSet(false, true)) {
      pages.unpin(index, page);
    }
  }
}
