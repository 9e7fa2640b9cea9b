package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one object: which of its contents are in memory, and how the rest is read.
 *
 * <p>The long lock guards the map from index to page and the reads under way. It is not held while
 * a page is waited for or read: the read is noted, the lock given back, and everybody who wants the
 * same page sleeps until that one read ends. A failed read reaches all of them and leaves no page.
 */
public final class ObjectPages implements PageHome {
  static final int ABSENT = -1;

  private final PageArena arena;
  private final PageSupply supply;
  private final PageQueues queues;
  private final Pageout pageout;
  private final Callers callers;
  private final IoThreads io;
  private final Runnable callInOwners;
  private final PageReader reader;
  private final long size;
  private final LongLock lock = new LongLock();
  private final @Nullable Laundry laundry;
  private final int[] pageOf;
  private final Map<Integer, Read> reads = new HashMap<>();
  private boolean closed;

  /**
   * An object of which nothing is in memory yet.
   *
   * @param size its size in bytes
   * @param reader where its contents come from
   * @param writer where they go when they were changed, or null if they are not
   */
  public ObjectPages(
      PageArena arena,
      PageSupply supply,
      Pageout pageout,
      Callers callers,
      IoThreads io,
      Runnable callInOwners,
      long size,
      PageReader reader,
      @Nullable PageWriter writer) {
    this.arena = arena;
    this.supply = supply;
    this.queues = supply.queues();
    this.pageout = pageout;
    this.callers = callers;
    this.io = io;
    this.callInOwners = callInOwners;
    this.size = size;
    this.reader = reader;
    this.pageOf = new int[Math.toIntExact((size + arena.pageSize() - 1) >>> arena.pageShift())];
    Arrays.fill(pageOf, ABSENT);
    this.laundry = writer == null ? null : new Laundry(this, queues, arena, callers, io, writer);
  }

  /** Whether contents may be changed. */
  public boolean writable() {
    return laundry != null;
  }

  /** How many writes to the pager have failed. */
  public long writeErrors() {
    return laundry == null ? 0 : laundry.errors();
  }

  /** How many pages have been written to the pager. */
  public long writtenPages() {
    return laundry == null ? 0 : laundry.written();
  }

  /** How many pages differ from what the pager has. */
  public int dirtyPages() {
    int dirty = 0;
    lock.lock(ordinaryCaller());
    try {
      for (int page : pageOf) {
        dirty += page != ABSENT && queues.isDirty(page) ? 1 : 0;
      }
    } finally {
      unlock();
    }
    return dirty;
  }

  /**
   * Lets go of a pinned page whose contents the caller has changed.
   *
   * @throws IllegalStateException if the object was closed meanwhile, so that the change is lost
   */
  public void unpinChanged(int index, int page) {
    lock.lock(ordinaryCaller());
    try {
      if (!closed) {
        queues.markDirty(page);
      }
    } finally {
      unlock();
    }
    unpin(index, page);
    requireOpen();
  }

  /** Writes out what is dirty now, and makes it durable. */
  public void sync() throws IOException {
    if (laundry != null) {
      laundry.sync(ordinaryCaller());
    }
  }

  /** Closes the object after what is dirty has been written out and made durable. */
  public void flushAndClose() throws IOException {
    do {
      sync();
    } while (!closeIfClean());
  }

  private boolean closeIfClean() {
    Caller caller = ordinaryCaller();
    lock.lock(caller);
    try {
      if (laundry != null && !laundry.isClean()) {
        return false;
      }
      closed = true;
    } finally {
      unlock();
    }
    close();
    return true;
  }

  // For Laundry.

  void lock(Caller caller) {
    lock.lock(caller);
  }

  int pageAt(int index) {
    return pageOf[index];
  }

  /** Pages can be aged that could not be before, and somebody waits. */
  void wakePageoutIfWanted() {
    if (queues.anyWaiting()) {
      pageout.wake();
    }
  }

  /** Takes a page off a closed object if nobody holds it; its pages are then the caller's. */
  boolean dropIfClosed(int index, int page) {
    boolean dropped = closed && pageOf[index] == page && queues.wireUnheld(page);
    if (dropped) {
      pageOf[index] = ABSENT;
    }
    return dropped;
  }

  @Override
  public boolean launder(int page) {
    return laundry != null && laundry.launder(page);
  }

  /** How many pages the object has. */
  public int pages() {
    return pageOf.length;
  }

  /** The object's size in bytes. */
  public long size() {
    return size;
  }

  /**
   * Pins a page, after reading it if it is not in memory.
   *
   * @return the page's number in the arena
   * @throws IOException if the pager fails
   * @throws IllegalStateException if the object or the allocator is closed
   */
  public int pin(int index) throws IOException {
    Caller caller = ordinaryCaller();
    while (true) {
      Read read;
      Sleeper sleeper;
      boolean mine = false;
      lock.lock(caller);
      try {
        requireOpen();
        int page = pageOf[index];
        if (page != ABSENT) {
          queues.hold(page);
          return page;
        }
        read = reads.get(index);
        if (read == null) {
          read = new Read(index);
          reads.put(index, read);
          mine = true;
        }
        sleeper = caller.newSleeper();
        read.sleepers.add(sleeper);
      } finally {
        unlock();
      }
      if (mine) {
        start(read, caller);
      }
      while (!read.done) {
        sleeper.sleep(Long.MAX_VALUE);
      }
      read.throwFailure();
      if (mine) {
        return read.page;
      }
    }
  }

  /** Lets go of a pinned page. */
  public void unpin(int index, int page) {
    Caller caller = ordinaryCaller();
    boolean gone;
    lock.lock(caller);
    try {
      queues.unhold(page);
      gone = closed && queues.wireUnheld(page);
      if (gone) {
        pageOf[index] = ABSENT;
      }
    } finally {
      unlock();
    }
    if (gone) {
      queues.release(page, 1);
    } else if (queues.anyWaiting()) {
      pageout.wake();
    }
  }

  /** Makes all pages that nobody holds CACHE at once. */
  public void cacheAll() {
    Caller caller = ordinaryCaller();
    lock.lock(caller);
    try {
      for (int page : pageOf) {
        if (page != ABSENT) {
          queues.cacheNow(page);
        }
      }
    } finally {
      unlock();
    }
  }

  /**
   * Gives all pages back, dirty or not, those still held when they are let go of. Reads under way
   * fail.
   */
  public void close() {
    Caller caller = ordinaryCaller();
    List<Integer> gone = new ArrayList<>();
    lock.lock(caller);
    try {
      closed = true;
      for (int i = 0; i < pageOf.length; i++) {
        int page = pageOf[i];
        if (page != ABSENT && queues.wireUnheld(page)) {
          pageOf[i] = ABSENT;
          gone.add(page);
        }
      }
    } finally {
      unlock();
    }
    for (int page : gone) {
      queues.release(page, 1);
    }
  }

  /** The calling thread. The facade has made a preempting one switch away. */
  private Caller ordinaryCaller() {
    Caller caller = callers.caller();
    if (caller.preempting()) {
      throw new AssertionError("a preempting caller reached an object");
    }
    return caller;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the object is closed: size=" + size);
    }
  }

  private void start(Read read, Caller caller) {
    long page;
    try {
      page = supply.obtain(new OnePage());
    } catch (RuntimeException | Error e) {
      finish(read, caller, ABSENT, e);
      throw e;
    }
    if (page < 0) {
      finish(read, caller, ABSENT, closedFailure());
    } else {
      io.submit(new Fill(read, (int) page));
    }
  }

  /** Runs on an I/O thread. Whatever a pager throws becomes the failure of this read. */
  private void fill(Read read, int page) {
    Throwable failure = null;
    try {
      MemorySegment memory = arena.page(page);
      long offset = (long) read.index << arena.pageShift();
      long length = Math.min(arena.pageSize(), size - offset);
      reader.read(offset, memory.asSlice(0, length));
      memory.asSlice(length).fill((byte) 0);
    } catch (Throwable e) {
      failure = e;
    }
    finish(read, callers.caller(), page, failure);
  }

  private void finish(Read read, Caller caller, int page, @Nullable Throwable failure) {
    boolean settled = false;
    lock.lock(caller);
    try {
      reads.remove(read.index);
      Throwable outcome = failure;
      if (outcome == null && closed) {
        outcome = new Gone("the object was closed during the read");
      }
      if (outcome == null) {
        queues.settle(page, this, read.index);
        pageOf[read.index] = page;
        read.page = page;
        settled = true;
      }
      read.failure = outcome;
      read.done = true;
    } finally {
      unlock();
    }
    if (!settled && page != ABSENT) {
      queues.release(page, 1);
    }
    queues.noteProgress();
    for (Sleeper sleeper : read.sleepers) {
      sleeper.wake();
    }
  }

  @Override
  public boolean tryLock() {
    return lock.tryLock();
  }

  @Override
  public void unlock() {
    lock.unlock();
    queues.homeUnlocked();
  }

  @Override
  public void forget(int index, int page) {
    pageOf[index] = ABSENT;
  }

  private static Gone closedFailure() {
    return new Gone("the allocator is closed");
  }

  /** Why a read ended that no pager is to blame for. */
  private static final class Gone extends Exception {
    private static final long serialVersionUID = 1L;

    Gone(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * One read under way, and who sleeps for it. Sleepers are added under the lock before it is done.
   */
  private static final class Read {
    private final int index;
    private final List<Sleeper> sleepers = new ArrayList<>(1);
    private int page = ABSENT;
    private @Nullable Throwable failure;
    private volatile boolean done;

    Read(int index) {
      this.index = index;
    }

    void throwFailure() throws IOException {
      Throwable cause = failure;
      if (cause instanceof Gone) {
        throw new IllegalStateException(cause.getMessage(), cause);
      }
      if (cause != null) {
        throw new IOException("page " + index + " could not be read: " + cause, cause);
      }
    }
  }

  /** The job that reads a page. */
  private final class Fill implements IoThreads.Job {
    private final Read read;
    private final int page;

    Fill(Read read, int page) {
      this.read = read;
      this.page = page;
    }

    @Override
    public void run() {
      fill(read, page);
    }

    @Override
    public void refuse() {
      finish(read, callers.caller(), page, closedFailure());
    }
  }

  private final class OnePage extends PageRequest {
    OnePage() {
      super(1, 1, TO_RESERVE, true, NO_CLASS, 0);
    }

    @Override
    protected long attempt(Caller caller) {
      return supply.take(this, caller);
    }

    @Override
    protected void decided(Outcome outcome, boolean preempting) {}

    @Override
    protected void callIn() {
      callInOwners.run();
    }
  }
}
