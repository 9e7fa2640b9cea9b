package dev.waitok.kmalloc;

import dev.waitok.kmalloc.vm.ObjectPages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Contents that live in pages of the arena while there is room, and can be had again from a {@link
 * Pager}: a file, or a function. Its clean pages are the memory that callers who wait may reclaim.
 *
 * <p>All calls may be made from any thread that may block. A caller that preempts somebody switches
 * away first, always. Only reading is possible.
 */
public final class VmObject implements AutoCloseable {
  private final Kmalloc kmalloc;
  private final ObjectPages pages;
  private final AutoCloseable source;

  VmObject(Kmalloc kmalloc, ObjectPages pages, AutoCloseable source) {
    this.kmalloc = kmalloc;
    this.pages = pages;
    this.source = source;
  }

  /**
   * The object's size.
   *
   * @return in bytes
   */
  public long size() {
    return pages.size();
  }

  /**
   * How many pages the object has, in memory or not.
   *
   * @return the number; the last page may be shorter
   */
  public int pages() {
    return pages.pages();
  }

  /**
   * Pins a page, after reading it if it is not in memory; concurrent calls share one read.
   *
   * @param index the page's number, from 0
   * @return the pinned page, to be closed
   * @throws IOException if the pager fails
   * @throws IllegalStateException if the object is closed
   * @throws KmallocClosedException if the allocator is closed, or is while the caller waits
   * @throws CannotBlockException if the caller may not block
   */
  public PageRef page(int index) throws IOException {
    Objects.checkIndex(index, pages.pages());
    kmalloc.becomeOrdinary("VmObject.page");
    int page;
    try {
      page = pages.pin(index);
    } catch (IllegalStateException e) {
      throw kmalloc.isClosed() ? Failures.closed() : e;
    }
    return new PageRef(kmalloc, pages, index, page, contents(index, page));
  }

  private MemorySegment contents(int index, int page) {
    MemorySegment whole = kmalloc.arena().page(page);
    long from = index * whole.byteSize();
    return whole.asSlice(0, Math.min(whole.byteSize(), pages.size() - from)).asReadOnly();
  }

  /**
   * Copies contents out of the object.
   *
   * @param offset where to begin, in bytes
   * @param into what to fill, to its end
   * @throws IOException if the pager fails
   * @throws IndexOutOfBoundsException if that is not all inside the object
   */
  public void read(long offset, MemorySegment into) throws IOException {
    Objects.checkFromIndexSize(offset, into.byteSize(), pages.size());
    long pageSize = kmalloc.arena().pageSize();
    long done = 0;
    while (done < into.byteSize()) {
      int index = Math.toIntExact((offset + done) / pageSize);
      long from = (offset + done) % pageSize;
      try (PageRef page = page(index)) {
        long n = Math.min(page.segment().byteSize() - from, into.byteSize() - done);
        MemorySegment.copy(page.segment(), from, into, done, n);
        done += n;
      }
    }
  }

  /**
   * Moves all pages that are not pinned to the CACHE queue at once, from where they are reclaimed
   * first: for contents that will not be used soon. They are still found there if they are.
   */
  public void cachePages() {
    kmalloc.becomeOrdinary("VmObject.cachePages");
    pages.cacheAll();
  }

  /**
   * Gives the object's pages back, pinned ones when they are let go of, and closes its file.
   * Closing again does nothing.
   *
   * @throws IOException if closing the file fails
   */
  @Override
  public void close() throws IOException {
    kmalloc.becomeOrdinary("VmObject.close");
    if (kmalloc.forget(this)) {
      pages.close();
      closeSource();
    }
  }

  /** Closes what the pager reads from. */
  void closeSource() throws IOException {
    try {
      source.close();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
