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
 * away first, always.
 *
 * <p>An object over a {@link WritablePager} can be written. What was written before a {@link #sync}
 * or {@link #close} that returned is durable. What was written after that is in memory, and with
 * the pager page by page as memory was needed, in any order; a crash leaves some of it and not the
 * rest. A page that could not be written stays dirty and is tried again; nothing is lost by an
 * error.
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
    int page = pin(index);
    return new PageRef(kmalloc, pages, index, page, contents(index, page));
  }

  private int pin(int index) throws IOException {
    try {
      return pages.pin(index);
    } catch (IllegalStateException e) {
      throw kmalloc.isClosed() ? Failures.closed() : e;
    }
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
   * Copies contents into the object. Readers see a change when it is made, and may see half of one
   * that is being made. Reads a page first that is not in memory.
   *
   * @param offset where to begin, in bytes
   * @param from what to copy, to its end
   * @throws IOException if the pager fails
   * @throws IndexOutOfBoundsException if that is not all inside the object
   * @throws UnsupportedOperationException if the object's pager is no {@link WritablePager}
   * @throws IllegalStateException if the object is closed, or was meanwhile: what was copied is
   *     lost in part then
   */
  public void write(long offset, MemorySegment from) throws IOException {
    if (!pages.writable()) {
      throw Failures.readOnly();
    }
    Objects.checkFromIndexSize(offset, from.byteSize(), pages.size());
    long pageSize = kmalloc.arena().pageSize();
    long done = 0;
    while (done < from.byteSize()) {
      int index = Math.toIntExact((offset + done) / pageSize);
      long into = (offset + done) % pageSize;
      long n = Math.min(pageSize - into, from.byteSize() - done);
      kmalloc.becomeOrdinary("VmObject.write");
      int page = pin(index);
      try {
        MemorySegment.copy(from, done, kmalloc.arena().page(page), into, n);
      } finally {
        kmalloc.becomeOrdinary("VmObject.write");
        pages.unpinChanged(index, page);
      }
      done += n;
    }
  }

  /**
   * Writes out what was dirty when it was called, and makes it durable. Waits for the pager.
   *
   * @throws IOException if the pager fails three times; what could not be written stays dirty
   */
  public void sync() throws IOException {
    kmalloc.becomeOrdinary("VmObject.sync");
    pages.sync();
  }

  /**
   * How many pages differ from what the pager has.
   *
   * @return the number of the moment
   */
  public int dirtyPages() {
    kmalloc.becomeOrdinary("VmObject.dirtyPages");
    return pages.dirtyPages();
  }

  /**
   * How many pages were written to the pager so far.
   *
   * @return the number
   */
  public long writtenPages() {
    return pages.writtenPages();
  }

  /**
   * How many writes to the pager have failed so far.
   *
   * @return the number; each was tried again, or will be
   */
  public long writeErrors() {
    return pages.writeErrors();
  }

  /**
   * Moves all clean pages that are not pinned to the CACHE queue at once, from where they are
   * reclaimed first: for contents that will not be used soon. They are still found there if they
   * are.
   */
  public void cachePages() {
    kmalloc.becomeOrdinary("VmObject.cachePages");
    pages.cacheAll();
  }

  /**
   * Writes out what is dirty and makes it durable, gives the object's pages back, pinned ones when
   * they are let go of, and closes its file. Closing again does nothing.
   *
   * @throws IOException if a page could not be written: the object is still open then and nothing
   *     is lost, so close it again, or {@link #discard} it; or if closing the file fails
   */
  @Override
  public void close() throws IOException {
    kmalloc.becomeOrdinary("VmObject.close");
    if (kmalloc.knows(this)) {
      pages.flushAndClose();
      if (kmalloc.forget(this)) {
        closeSource();
      }
    }
  }

  /**
   * Closes the object without writing out what is dirty, which is lost.
   *
   * @throws IOException if closing the file fails
   */
  public void discard() throws IOException {
    kmalloc.becomeOrdinary("VmObject.discard");
    if (kmalloc.forget(this)) {
      pages.close();
      closeSource();
    }
  }

  ObjectPages objectPages() {
    return pages;
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
