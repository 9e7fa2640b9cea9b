package dev.waitok.kmalloc.vm;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.ExecutionContext.Sleeper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one object's dirty pages out, for pageout and for who wants them to be durable. */
final class Laundry {
  /*
   * 1 Vocabulary. A page is *dirty* while its contents differ from what the pager has. A *load* is a
   *   run of neighbouring dirty pages, written by one I/O job in ascending order.
   *
   * 2 Life of a load. Under the object's lock its pages are pinned and marked clean; then written, with
   *   no lock held; then unpinned. Who writes into a page marks it dirty after the copy, so contents
   *   that changed during the write are written again. A page that could not be written, and those
   *   after it, are dirty again: nothing is lost by an error.
   *
   * 3 Errors are counted and logged, once a rest. After one the object rests for a second, in which
   *   pageout asks other objects; a sync tries three times and then throws.
   *
   * 4 Invariants. PageTable I10. Every load under way is in the list until its pages are unpinned.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Laundry.class);

  /** A load's size: what a disk takes in one go without others having to wait for long. */
  private static final long LOAD_BYTES = 256 << 10;

  /** After an error pageout leaves the object alone for this long: 1 s. */
  private static final long REST_NANOS = 1_000_000_000L;

  private static final int TRIES = 3;

  private final ObjectPages pages;
  private final PageQueues queues;
  private final PageArena arena;
  private final Callers callers;
  private final IoThreads io;
  private final PageWriter writer;
  private final int most;
  private final LongAdder errors = new LongAdder();
  private final LongAdder written = new LongAdder();

  // Guarded by the object's lock.
  private final List<Load> underWay = new ArrayList<>();
  private boolean resting;
  private long restUntil;

  Laundry(
      ObjectPages pages,
      PageQueues queues,
      PageArena arena,
      Callers callers,
      IoThreads io,
      PageWriter writer) {
    this.pages = pages;
    this.queues = queues;
    this.arena = arena;
    this.callers = callers;
    this.io = io;
    this.writer = writer;
    this.most = (int) Math.max(1, LOAD_BYTES >>> arena.pageShift());
  }

  /** How many writes have failed. */
  long errors() {
    return errors.sum();
  }

  /** How many pages have been written. */
  long written() {
    return written.sum();
  }

  /** Whether nothing is dirty and nothing under way. The caller has the object's lock. */
  boolean isClean() {
    if (!underWay.isEmpty()) {
      return false;
    }
    for (int i = 0; i < pages.pages(); i++) {
      if (isDirty(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean isDirty(int index) {
    int page = pages.pageAt(index);
    return page != ObjectPages.ABSENT && queues.isDirty(page);
  }

  /**
   * Has the run around a page written out, and its pages made CACHE. Never waits.
   *
   * @return false if the object is busy or rests, or the page is not its any more
   */
  boolean launder(int page) {
    if (!pages.tryLock()) {
      return false;
    }
    Load load = null;
    try {
      int index = queues.indexIn(page, pages);
      boolean rests = resting && callers.base().nanoTime() - restUntil < 0;
      if (index >= 0 && isDirty(index) && !rests) {
        load = begin(index, true);
      }
    } finally {
      pages.unlock();
    }
    if (load == null) {
      return false;
    }
    io.submit(load);
    return true;
  }

  private Load begin(int index, boolean toCache) {
    int first = index;
    int last = index;
    while (first > 0 && last - first + 1 < most && isDirty(first - 1)) {
      first--;
    }
    while (last + 1 < pages.pages() && last - first + 1 < most && isDirty(last + 1)) {
      last++;
    }
    int[] run = new int[last - first + 1];
    for (int i = 0; i < run.length; i++) {
      run[i] = pages.pageAt(first + i);
      queues.beginLaundering(run[i]);
    }
    Load load = new Load(first, run, toCache);
    underWay.add(load);
    return load;
  }

  /**
   * Writes out what was dirty when it was called, and makes it durable.
   *
   * @throws IOException if a page could not be written in three tries; it is still dirty
   */
  void sync(Caller caller) throws IOException {
    Throwable failure = null;
    for (int tries = 0; tries < TRIES; tries++) {
      failure = writeAll(caller);
      if (failure == null) {
        force(caller);
        return;
      }
    }
    throw new IOException(
        "dirty pages could not be written in " + TRIES + " tries and stay dirty: " + failure,
        failure);
  }

  private @Nullable Throwable writeAll(Caller caller) {
    Sleeper sleeper = caller.newSleeper();
    List<Load> mine = new ArrayList<>();
    List<Load> all;
    pages.lock(caller);
    try {
      all = new ArrayList<>(underWay);
      for (int i = 0; i < pages.pages(); i++) {
        if (isDirty(i)) {
          mine.add(begin(i, false));
        }
      }
      all.addAll(mine);
      all.forEach(load -> load.sleepers.add(sleeper));
    } finally {
      pages.unlock();
    }
    mine.forEach(io::submit);
    Throwable failure = null;
    for (Load load : all) {
      while (!load.done) {
        sleeper.sleep(Long.MAX_VALUE);
      }
      failure = failure == null ? load.failure : failure;
    }
    return failure;
  }

  private void force(Caller caller) throws IOException {
    Force force = new Force(caller.newSleeper());
    io.submit(force);
    while (!force.done) {
      force.sleeper.sleep(Long.MAX_VALUE);
    }
    Throwable failure = force.failure;
    if (failure != null) {
      errors.increment();
      throw new IOException("what was written could not be made durable: " + failure, failure);
    }
  }

  private void finish(Load load, int clean, @Nullable Throwable failure) {
    written.add(clean);
    boolean report = false;
    List<Integer> gone = new ArrayList<>();
    pages.lock(callers.caller());
    try {
      for (int i = 0; i < load.run.length; i++) {
        if (i >= clean) {
          queues.markDirty(load.run[i]);
        }
        queues.endLaundering(load.run[i], load.toCache);
        if (pages.dropIfClosed(load.first + i, load.run[i])) {
          gone.add(load.run[i]);
        }
      }
      long now = callers.base().nanoTime();
      if (failure != null) {
        errors.increment();
        report = !resting || now - restUntil >= 0;
        restUntil = report ? now + REST_NANOS : restUntil;
      }
      resting = failure != null;
      underWay.remove(load);
      load.failure = failure;
      load.done = true;
    } finally {
      pages.unlock();
    }
    gone.forEach(page -> queues.release(page, 1));
    if (clean > 0) {
      queues.noteProgress();
      pages.wakePageoutIfWanted();
    }
    load.sleepers.forEach(Sleeper::wake);
    if (report) {
      LOG.warn(
          "pages {} to {} of an object could not be written and stay dirty; errors so far: {}",
          load.first + clean,
          load.first + load.run.length - 1,
          errors.sum(),
          failure);
    }
  }

  /** A run of pages on its way. */
  private final class Load implements IoThreads.Job {
    private final int first;
    private final int[] run;
    private final boolean toCache;
    private final List<Sleeper> sleepers = new ArrayList<>(1);
    private @Nullable Throwable failure;
    private volatile boolean done;

    Load(int first, int[] run, boolean toCache) {
      this.first = first;
      this.run = run;
      this.toCache = toCache;
    }

    @Override
    public void run() {
      int clean = 0;
      Throwable problem = null;
      try {
        for (; clean < run.length; clean++) {
          long offset = (long) (first + clean) << arena.pageShift();
          long length = Math.min(arena.pageSize(), pages.size() - offset);
          writer.write(offset, arena.page(run[clean]).asSlice(0, length).asReadOnly());
        }
      } catch (Throwable e) {
        problem = e;
      }
      finish(this, clean, problem);
    }

    @Override
    public void refuse() {
      finish(this, 0, new IOException("the allocator is closed"));
    }
  }

  /** Makes durable what was written; on an I/O thread, which nobody interrupts. */
  private final class Force implements IoThreads.Job {
    private final Sleeper sleeper;
    private @Nullable Throwable failure;
    private volatile boolean done;

    Force(Sleeper sleeper) {
      this.sleeper = sleeper;
    }

    @Override
    public void run() {
      try {
        writer.force();
      } catch (Throwable e) {
        failure = e;
      }
      done = true;
      sleeper.wake();
    }

    @Override
    public void refuse() {
      failure = new IOException("the allocator is closed");
      done = true;
      sleeper.wake();
    }
  }
}
