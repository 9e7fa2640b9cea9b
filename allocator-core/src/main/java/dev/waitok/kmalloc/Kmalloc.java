package dev.waitok.kmalloc;

import dev.waitok.kmalloc.arena.PageArena;
import dev.waitok.kmalloc.context.Callers;
import dev.waitok.kmalloc.guard.Guard;
import dev.waitok.kmalloc.guard.Guarded;
import dev.waitok.kmalloc.slab.Budget;
import dev.waitok.kmalloc.slab.Owners;
import dev.waitok.kmalloc.slab.Requests;
import dev.waitok.kmalloc.slab.Slabs;
import dev.waitok.kmalloc.spi.ExecutionContext.Caller;
import dev.waitok.kmalloc.spi.SchedulerPort;
import dev.waitok.kmalloc.vm.AsyncSupply;
import dev.waitok.kmalloc.vm.IoThreads;
import dev.waitok.kmalloc.vm.ObjectPages;
import dev.waitok.kmalloc.vm.PageQueues;
import dev.waitok.kmalloc.vm.PageState;
import dev.waitok.kmalloc.vm.PageSupply;
import dev.waitok.kmalloc.vm.PageWriter;
import dev.waitok.kmalloc.vm.Pageout;
import dev.waitok.kmalloc.vm.PressureBell;
import dev.waitok.kmalloc.vm.Reclaimers;
import dev.waitok.kmalloc.vm.RestWatch;
import dev.waitok.kmalloc.vm.Shortage;
import dev.waitok.kmalloc.vm.Trim;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An off-heap allocator over one arena of pages.
 *
 * <p>All calls may be made from any thread. {@link MallocType} has the usual calls; those here take
 * the type and the flags. Memory comes as a {@link MemorySegment}, or as an offset into {@link
 * #memory()} from the calls that end in {@code Address}, which make no garbage.
 *
 * <p>The memory is outside {@code -Xmx} and {@code MaxDirectMemorySize}. Several allocators may
 * live in one process; each is closed once.
 */
public final class Kmalloc implements AutoCloseable {
  /** What the address forms of tryKmalloc give for "no". */
  public static final long NULL = -1;

  /** What the address forms give for a size of 0: distinct, not null, and accepted by kfree. */
  public static final long ZERO_SIZE = -8;

  /** What the segment forms give for a size of 0. */
  static final MemorySegment ZERO_SEGMENT = MemorySegment.ofAddress(ZERO_SIZE);

  /** No wait is longer: what nanoseconds in a long can say. */
  static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  /** The type that is charged for what was freed and is kept for a while. */
  static final String QUARANTINE = "(quarantine)";

  private static final Logger LOG = LoggerFactory.getLogger(Kmalloc.class);

  private final PageArena arena;
  private final Callers callers;
  private final PageQueues queues;
  private final Owners owners;
  private final Pageout pageout;
  private final Trim trim;
  private final Reclaimers reclaimers;
  private final Shortage shortage;
  private final @Nullable RestWatch restWatch;
  private final long stallNanos;
  private final PressureBell bell;
  private final PageSupply supply;
  private final IoThreads io;
  private final Slabs slabs;
  private final FlightEvents flightEvents;

  /** Replaced while somebody observes them. */
  private Calls calls;

  private final Observers observers;
  private final AsyncSupply async;
  private final WaitingCalls waitingCalls;
  private final Thresholds thresholds;
  private final Types types;
  private final HardeningPlan hardening;
  private final int samplers;
  private final @Nullable Guard guard;
  private final @Nullable AtExit atExit;
  private final Binding binding;
  private final Set<VmObject> objects = new LinkedHashSet<>();
  private final List<Registration> exports = new ArrayList<>();
  private final List<TraceRecording> recordings = new CopyOnWriteArrayList<>();
  private final PageSampler pageSampler;
  private volatile boolean closed;

  Kmalloc(KmallocBuilder builder, PageArena arena, Thresholds thresholds) {
    this.arena = arena;
    this.thresholds = thresholds;
    this.callers = new Callers(builder.context());
    this.queues =
        new PageQueues(arena.pages(), arena.address() >>> arena.pageShift(), thresholds.toLevels());
    this.owners =
        new Owners(queues, arena.pageShift(), builder.stripeCount(), builder.readyAfter());
    this.reclaimers = new Reclaimers(queues, callers);
    this.pageout = new Pageout(queues, callers, this::callIn, owners, reclaimers);
    this.trim =
        new Trim(
            queues,
            arena,
            callers,
            owners::callInIdle,
            builder.giveBackNanos(),
            builder.retainedBytes(arena.memory().byteSize()));
    this.supply = new PageSupply(queues, pageout, callers, builder.decidesEachAttempt());
    this.io = new IoThreads(callers);
    this.slabs = new Slabs(arena, supply, callers, owners);
    this.flightEvents = new FlightEvents(callers);
    slabs.listen(flightEvents);
    this.calls = new Calls(this, arena, slabs);
    this.async = new AsyncSupply(supply, callers);
    this.waitingCalls = new WaitingCalls(this, arena, slabs, new Requests(slabs, callers, async));
    this.types = new Types(this::callsOf, slabs);
    this.hardening = builder.hardening();
    this.samplers = builder.stripeCount();
    this.guard = hardening.isEmpty() ? null : newGuard(builder);
    this.atExit = guard == null ? null : builder.atExit(this::reportAtExit);
    Calls plain = calls;
    this.observers = new Observers(() -> plain, this::observedCalls, this::use);
    this.bell = new PressureBell(queues, callers);
    this.stallNanos = builder.stallNanos();
    Watch watch =
        new Watch(
            queues, flightEvents, this::report, builder.stallPolicy(), builder.stallHandler());
    this.shortage = newWatch(watch);
    this.restWatch = builder.isScheduledOnly() ? watchRest(watch) : null;
    this.binding = new Binding(callers, owners, types, this::isClosed);
    callers.base().watch(queues::checkPages, this::checkAtRest);
    shortage.start();
    if (restWatch != null) {
      restWatch.start();
    }
    trim.start();
    async.start();
    pageout.start();
    pageSampler = new PageSampler(this);
  }

  private Guard newGuard(KmallocBuilder builder) {
    return new Guard(
        arena,
        slabs,
        callers,
        queues,
        types.get(QUARANTINE, Long.MAX_VALUE).ledger(),
        builder.quarantineBytes(arena.memory().byteSize()),
        new DamageLog(builder.damageHandler()));
  }

  /** The calls of a type of this name: where it is decided whether it is hardened. */
  private Calls callsOf(String name) {
    Guard made = guard;
    Hardening wanted = made == null ? null : hardening.of(name);
    return made == null || wanted == null
        ? calls
        : new GuardedCalls(this, arena, slabs, made, wanted, samplers);
  }

  /** Takes in what is kept for later: the quarantine, and what owners of zones keep. */
  void callIn() {
    Guard made = guard;
    if (made != null) {
      boolean _ = made.callIn();
    }
    owners.callIn();
  }

  private Calls observedCalls() {
    return new ObservedCalls(this, arena, slabs, observers);
  }

  private void use(Calls newCalls) {
    calls = newCalls;
    types.use(newCalls);
  }

  private void checkAtRest() {
    if (!closed) {
      queues.checkInvariants();
      owners.checkInvariants();
    }
  }

  /**
   * A builder with the defaults.
   *
   * @return the builder
   */
  public static KmallocBuilder builder() {
    return new KmallocBuilder();
  }

  /**
   * The type of a name: the existing one, or a new one without a limit.
   *
   * @param name any name
   * @return the type
   * @throws KmallocClosedException if the allocator is closed
   */
  public MallocType type(String name) {
    requireOpen();
    return types.get(name, Long.MAX_VALUE);
  }

  /**
   * The type of a name: the existing one, whose limit stays, or a new one.
   *
   * @param name any name
   * @param limit the most bytes that a new type may use
   * @return the type
   * @throws KmallocClosedException if the allocator is closed
   */
  public MallocType type(String name, long limit) {
    requireOpen();
    if (limit < 0) {
      throw Failures.negativeSize(limit);
    }
    return types.get(name, limit);
  }

  /**
   * The group of a name: the existing one, or a new one at the top, without a limit.
   *
   * @param name any name; types have names of their own
   * @return the group
   * @throws KmallocClosedException if the allocator is closed
   */
  public MallocGroup group(String name) {
    requireOpen();
    return types.group(this, name, null);
  }

  void limit(Budget node, long bytes) {
    owners.limit(node, bytes);
  }

  /**
   * All of the arena's memory, into which offsets point.
   *
   * @return one segment, valid until the allocator is closed
   */
  public MemorySegment memory() {
    return arena.memory();
  }

  /**
   * The address of an offset for native code, for as long as the block lives.
   *
   * @param offset what an address form gave
   * @return the native address
   */
  public long nativeAddress(long offset) {
    return arena.address() + offset;
  }

  /**
   * {@link MallocType#kmalloc(long, int)}.
   *
   * @param size in bytes
   * @param type of this allocator
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return a segment of this size, never null
   */
  public MemorySegment kmalloc(long size, MallocType type, int flags) {
    return mine(type).kmalloc(size, flags);
  }

  /**
   * {@link MallocType#tryKmalloc(long, int)}.
   *
   * @param size in bytes
   * @param type of this allocator
   * @param flags a set of tryKmalloc's in {@link MallocFlags}
   * @return a segment of this size, or null
   */
  public @Nullable MemorySegment tryKmalloc(long size, MallocType type, int flags) {
    return mine(type).tryKmalloc(size, flags);
  }

  /**
   * {@link MallocType#kmallocAddress(long, int)}.
   *
   * @param size in bytes
   * @param type of this allocator
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return an offset
   */
  public long kmallocAddress(long size, MallocType type, int flags) {
    return mine(type).kmallocAddress(size, flags);
  }

  /**
   * {@link MallocType#tryKmallocAddress(long, int)}.
   *
   * @param size in bytes
   * @param type of this allocator
   * @param flags a set of tryKmalloc's in {@link MallocFlags}
   * @return an offset, or {@link #NULL}
   */
  public long tryKmallocAddress(long size, MallocType type, int flags) {
    return mine(type).tryKmallocAddress(size, flags);
  }

  /**
   * {@link #kmalloc(long, MallocType, int)} at a multiple of an alignment.
   *
   * @param size in bytes
   * @param alignment a power of two
   * @param type of this allocator
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return a segment of this size, never null
   */
  public MemorySegment kmallocAligned(long size, long alignment, MallocType type, int flags) {
    Calls of = mine(type).calls();
    return of.segment(of.kmallocAligned(type, size, alignment, flags), size);
  }

  /**
   * {@link #tryKmalloc(long, MallocType, int)} at a multiple of an alignment.
   *
   * @param size in bytes
   * @param alignment a power of two
   * @param type of this allocator
   * @param flags a set of tryKmalloc's in {@link MallocFlags}
   * @return a segment of this size, or null
   */
  public @Nullable MemorySegment tryKmallocAligned(
      long size, long alignment, MallocType type, int flags) {
    Calls of = mine(type).calls();
    long offset = of.tryKmallocAligned(type, size, alignment, flags);
    return offset == NULL ? null : of.segment(offset, size);
  }

  /**
   * {@link #kmallocAddress(long, MallocType, int)} at a multiple of an alignment.
   *
   * @param size in bytes
   * @param alignment a power of two
   * @param type of this allocator
   * @param flags a set of kmalloc's in {@link MallocFlags}
   * @return an offset
   */
  public long kmallocAddressAligned(long size, long alignment, MallocType type, int flags) {
    return mine(type).calls().kmallocAligned(type, size, alignment, flags);
  }

  /**
   * {@link #tryKmallocAddress(long, MallocType, int)} at a multiple of an alignment.
   *
   * @param size in bytes
   * @param alignment a power of two
   * @param type of this allocator
   * @param flags a set of tryKmalloc's in {@link MallocFlags}
   * @return an offset, or {@link #NULL}
   */
  public long tryKmallocAddressAligned(long size, long alignment, MallocType type, int flags) {
    return mine(type).calls().tryKmallocAligned(type, size, alignment, flags);
  }

  /**
   * {@link MallocType#kfree(MemorySegment)}.
   *
   * @param block what kmalloc gave
   * @param type the type it was allocated with
   */
  public void kfree(MemorySegment block, MallocType type) {
    mine(type).kfree(block);
  }

  /**
   * {@link MallocType#kfree(long)}.
   *
   * @param offset what kmallocAddress gave
   * @param type the type it was allocated with
   */
  public void kfree(long offset, MallocType type) {
    mine(type).kfree(offset);
  }

  /**
   * {@link MallocType#krealloc(MemorySegment, long, int)}.
   *
   * @param block what kmalloc gave
   * @param size the new size; 0 frees the block
   * @param type the type it was allocated with
   * @param flags a set of kmalloc's in {@link MallocFlags} without modifiers
   * @return a segment of the new size
   */
  public MemorySegment krealloc(MemorySegment block, long size, MallocType type, int flags) {
    return mine(type).krealloc(block, size, flags);
  }

  /**
   * An object over a file's contents, which must not change. Reads run on threads of the allocator.
   *
   * @param file to open for reading
   * @return the object; closing it closes the file
   * @throws IOException if the file cannot be opened
   * @throws KmallocClosedException if the allocator is closed
   */
  public VmObject object(Path file) throws IOException {
    FilePager pager = new FilePager(file);
    try {
      return newObject(pager.size(), pager, null, pager);
    } catch (IOException | RuntimeException | Error e) {
      pager.close();
      throw e;
    }
  }

  /**
   * An object over the contents that a pager gives.
   *
   * @param bytes its size, 1 or more
   * @param pager where the contents come from
   * @return the object
   * @throws KmallocClosedException if the allocator is closed
   */
  public VmObject object(long bytes, Pager pager) {
    return newObject(
        bytes, pager, pager instanceof WritablePager writable ? writable : null, () -> {});
  }

  /**
   * An object over a file's contents that can be written. The file is made if it is not there, and
   * made longer if it is shorter.
   *
   * @param file to open for reading and writing; nobody else may change it
   * @param bytes the object's size, 1 or more
   * @return the object; closing it writes out what is dirty and closes the file
   * @throws IOException if the file cannot be opened
   * @throws KmallocClosedException if the allocator is closed
   */
  public VmObject writableObject(Path file, long bytes) throws IOException {
    requireOpen();
    FilePager pager = new FilePager(file, bytes);
    try {
      return newObject(bytes, pager, pager, pager);
    } catch (RuntimeException | Error e) {
      pager.close();
      throw e;
    }
  }

  private VmObject newObject(
      long bytes, Pager pager, @Nullable WritablePager writable, AutoCloseable source) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("an object needs a byte at least: bytes=" + bytes);
    }
    ObjectPages pages =
        new ObjectPages(
            arena,
            supply,
            pageout,
            callers,
            io,
            this::callIn,
            bytes,
            pager::read,
            writer(writable));
    VmObject object = new VmObject(this, pages, source);
    synchronized (objects) {
      requireOpen();
      objects.add(object);
    }
    return object;
  }

  private static @Nullable PageWriter writer(@Nullable WritablePager pager) {
    if (pager == null) {
      return null;
    }
    return new PageWriter() {
      @Override
      public void write(long offset, MemorySegment from) throws IOException {
        pager.write(offset, from);
      }

      @Override
      public void force() throws IOException {
        pager.force();
      }
    };
  }

  /** Whether an object is open. */
  boolean knows(VmObject object) {
    synchronized (objects) {
      return objects.contains(object);
    }
  }

  /** Forgets a closed object; false if it was forgotten before. */
  boolean forget(VmObject object) {
    synchronized (objects) {
      return objects.remove(object);
    }
  }

  /**
   * How many pages are in each state.
   *
   * @return the counts of one moment
   */
  public PageCounts pages() {
    int[] counts = queues.counts();
    return new PageCounts(
        arena.pageSize(),
        arena.pages(),
        counts[PageState.FREE],
        counts[PageState.CACHE],
        counts[PageState.INACTIVE],
        counts[PageState.ACTIVE],
        counts[PageState.HOLD],
        counts[PageState.WIRED]);
  }

  /**
   * What the page queues have seen.
   *
   * @return the figures
   */
  public PageStatistics pageStatistics() {
    PageQueues.Figures figures = queues.figures();
    return new PageStatistics(
        figures.lowestFree(),
        figures.retainedPeak(),
        figures.reclaimedPages(),
        figures.waiters(),
        owners.idlePages(),
        figures.idlePages(),
        figures.givenBack(),
        owners.lateDoubleFrees());
  }

  /**
   * How much memory the arena really has from the system at the moment: the resident set of its own
   * mapping, as the system counts it. Reads the records of all of the process's mappings: some
   * milliseconds.
   *
   * @return in bytes; empty where the system does not tell, or the memory was not mapped here
   */
  public OptionalLong residentBytes() {
    long bytes = arena.residentBytes();
    return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  /** Starts {@code lowestFree} and {@code retainedPeak} anew from what they are now. */
  public void resetPeaks() {
    queues.resetPeaks();
  }

  /**
   * What all types have used, those with the most bytes first.
   *
   * @return the figures, exact while nobody allocates or frees
   */
  public List<TypeStatistics> statistics() {
    return types.all().stream()
        .map(MallocType::statistics)
        .sorted(Comparator.comparingLong(TypeStatistics::bytes).reversed())
        .toList();
  }

  /**
   * What all groups of types have used.
   *
   * @return the figures by name, exact while nobody allocates or frees
   */
  public List<GroupStatistics> groups() {
    return types.groups().stream().map(MallocGroup::statistics).toList();
  }

  /**
   * Who holds the memory and who waits for it.
   *
   * @return the figures, each of its own moment
   */
  public MemoryReport report() {
    long now = callers.base().nanoTime();
    return new MemoryReport(
        pages(),
        pageStatistics(),
        statistics(),
        groups(),
        queues.waiterFigures().stream()
            .map(
                w -> new MemoryReport.Waiter(w.request(), w.pages(), (now - w.since()) / 1_000_000))
            .toList());
  }

  /**
   * Looks at every guarded block: at the red zones of those that are live, and at all bytes of
   * those in quarantine. Others may allocate and free meanwhile; as long as there are blocks.
   *
   * @return what is damaged; empty if nothing is, or nothing is hardened
   * @throws KmallocClosedException if the allocator is closed
   */
  public List<MemoryDamage> checkAll() {
    requireOpen();
    return guard == null ? List.of() : guard.check().stream().map(MemoryDamage::of).toList();
  }

  /**
   * How often damage to a guarded block was found, by a free or when a block left quarantine.
   *
   * @return the number so far
   */
  public long damages() {
    return guard == null ? 0 : guard.damages();
  }

  /**
   * Who has blocks that are guarded, by type and the place that allocated them.
   *
   * @return the report of the moment; without a leak if nothing is hardened
   */
  public LeakReport leaks() {
    return leaks(null);
  }

  LeakReport leaks(@Nullable MallocType of) {
    return guard == null
        ? LeakReport.NONE
        : LeakReport.of(
            guard.live().stream().filter(b -> of == null || b.ledger() == of.ledger()).toList(),
            guard.now(),
            name -> Objects.requireNonNullElse(hardening.of(name), Hardening.FULL).oneIn());
  }

  LeakReport closeType(MallocType type) {
    LeakReport report = leaks(type);
    slabs.end(type.ledger());
    types.forget(type);
    TypeStatistics left = type.statistics();
    if (left.inUse() != 0) {
      LOG.warn(
          "type closed with live blocks: type={}, blocks={}, bytes={}{}",
          type.name(),
          left.inUse(),
          left.bytes(),
          report);
    }
    return report;
  }

  /** The guarded block that an offset is in, or null. */
  @Nullable Guarded guarded(long offset) {
    return guard == null ? null : guard.find(offset);
  }

  private void reportAtExit() {
    LeakReport report = leaks();
    if (!report.leaks().isEmpty()) {
      LOG.warn("the process ends with live blocks:{}", report);
    }
  }

  /**
   * Adds code that gives memory back when it is short.
   *
   * @param name for reports
   * @param cost what it costs to lose what it gives back, in any unit; who costs less is called
   *     first
   * @param pages how many pages it may need while it runs, an eighth of the arena at most; they are
   *     reserved from now on, outside FREE, apart from those of other reclaimers, so all may run at
   *     once
   * @param reclaimer what to call
   * @return closing it takes it off again; a call under way goes on
   * @throws KmallocClosedException if the allocator is closed
   */
  public Registration reclaimer(String name, int cost, int pages, Reclaimer reclaimer) {
    requireOpen();
    int most = Math.max(1, arena.pages() / 8);
    if (pages < 0 || pages > most) {
      throw Failures.illegalReserve(name, pages, most);
    }
    Runnable end = reclaimers.add(name, cost, pages, reclaimer::reclaim);
    return end::run;
  }

  /**
   * What the reclaimers have done.
   *
   * @return those there are, cheapest first
   */
  public List<ReclaimerStatistics> reclaimers() {
    return reclaimers.figures().stream()
        .map(
            f ->
                new ReclaimerStatistics(
                    f.name(), f.cost(), f.calls(), f.pages(), f.nanos(), f.setAside()))
        .toList();
  }

  /**
   * Writes the program's allocations and frees from now on as a trace, gzip'd text as {@code
   * replay} of the examples reads it: sizes and times, no contents and no names. Blocks that live
   * already are not in it, and a block that is given another size is one freed and one new. Calls
   * of hardened types are not in it.
   *
   * <p>Each call makes one object of about 48 bytes, of which at most 65,536 wait for the writer.
   * Beyond that a plain thread pauses, for 10 ms a call at most; a scheduler's thread never does,
   * and what finds no place is lost and counted. The calls take the longer way; when the recording
   * has ended they cost what they did.
   *
   * @param file written anew
   * @return the recording, to be closed; closing the allocator closes it
   * @throws IOException if the file cannot be written
   * @throws KmallocClosedException if the allocator is closed
   */
  public TraceRecording record(Path file) throws IOException {
    requireOpen();
    CompletableFuture<TraceWriter> self = new CompletableFuture<>();
    TraceWriter writer =
        new TraceWriter(
            callers,
            file,
            () -> {
              observers.remove(self.join());
              recordings.remove(self.join());
            });
    self.complete(writer);
    recordings.add(writer);
    observers.add(writer);
    return writer;
  }

  /**
   * Begins to watch where the program asks without wait: {@link NowaitAudit}. Calls of hardened
   * types are not seen.
   *
   * @return the audit, to be closed
   * @throws KmallocClosedException if the allocator is closed
   */
  public NowaitAudit auditNowait() {
    requireOpen();
    return new NowaitAudit(callers, observers);
  }

  /**
   * Shows this allocator in JMX as {@code dev.waitok:type=Kmalloc,name="..."}, a {@link
   * KmallocMXBean}, until the registration or the allocator is closed.
   *
   * @param name tells this allocator from the others of the process
   * @return closing it takes it off again
   * @throws IllegalStateException if the name is taken
   * @throws KmallocClosedException if the allocator is closed
   */
  public Registration jmx(String name) {
    Registration export = JmxExport.of(this, name);
    synchronized (objects) {
      if (!closed) {
        exports.add(export);
        return export;
      }
    }
    export.close();
    throw Failures.closed();
  }

  /**
   * How short memory is. Costs a load.
   *
   * @return the level of the moment
   */
  public PressureLevel pressure() {
    return PressureLevel.of(queues.pressure());
  }

  /**
   * Adds who is told of each change of level, on a thread of the allocator and never by who
   * allocates or frees. It sees the level of the moment: one that came and went meanwhile is not
   * told. It may use tryKmalloc and kfree; a call that may wait for memory is refused. One that
   * blocks holds up the others; what it throws is logged.
   *
   * @param listener told the new level
   * @return closing it ends that
   * @throws KmallocClosedException if the allocator is closed
   */
  public Registration onPressure(Consumer<? super PressureLevel> listener) {
    requireOpen();
    Runnable end = bell.listen(level -> listener.accept(PressureLevel.of(level)));
    return end::run;
  }

  /**
   * A future that completes when memory is less short than a level: a server stops reading at
   * {@link PressureLevel#MIN} and reads on when this completes. It reserves nothing: see {@link
   * MallocType#kmallocAsync(long)} for that.
   *
   * @param level any but {@link PressureLevel#NONE}
   * @return a future of the level reached, completed already if it is so now, and cancelled when
   *     the allocator is closed; what depends on it runs on the listeners' thread
   */
  public CompletableFuture<PressureLevel> whenBelow(PressureLevel level) {
    if (level == PressureLevel.NONE) {
      throw new IllegalArgumentException("no level is below NONE");
    }
    requireOpen();
    return bell.below(level.number(), PressureLevel::of);
  }

  /**
   * The marks on the FREE queue.
   *
   * @return the marks in force
   */
  public Thresholds thresholds() {
    return thresholds;
  }

  /**
   * Where a scheduler binds itself; applications do not need it.
   *
   * @return the port
   */
  public SchedulerPort schedulerPort() {
    return binding;
  }

  /**
   * Ends every wait with {@link KmallocClosedException}, closes the objects, logs the live blocks
   * by type, and gives the memory back. A segment used after that throws {@link
   * IllegalStateException}; native code that still uses an address is on its own. Closing again
   * does nothing.
   *
   * <p>An arena of a type ({@link MallocType#confinedArena}) has a lifetime of its own: where one
   * is still open, its segments stay valid, and the memory goes back to the system when the last
   * one is closed.
   *
   * @throws IllegalStateException if another thread is inside an access to the memory at that
   *     moment; everything but the memory is closed then. Also, last, if arenas are open over
   *     memory that the builder was given
   */
  @Override
  public void close() {
    becomeOrdinary("Kmalloc.close");
    List<VmObject> open;
    synchronized (objects) {
      if (closed) {
        return;
      }
      closed = true;
      open = new ArrayList<>(objects);
      objects.clear();
    }
    if (atExit != null) {
      atExit.cancel();
    }
    pageSampler.close();
    exports.forEach(Registration::close);
    recordings.forEach(Kmalloc::closeQuietly);
    slabs.close();
    supply.close();
    Caller caller = callers.caller();
    shortage.close(caller);
    if (restWatch != null) {
      restWatch.close(caller);
    }
    async.close(caller);
    bell.close(caller);
    trim.close(caller);
    pageout.close(caller);
    reclaimers.close(caller);
    open.forEach(Kmalloc::flushQuietly);
    io.close(caller);
    for (VmObject object : open) {
      closeQuietly(object);
    }
    reportLiveBlocks();
    if (guard != null) {
      guard.close(caller);
      guard.closeScopes();
    }
    int arenas = arena.close();
    if (arenas > 0) {
      if (arena.isBorrowed()) {
        throw Failures.keptByArenas(arenas);
      }
      LOG.warn("closed with open arenas, whose memory stays until they are closed: {}", arenas);
    }
  }

  private static void flushQuietly(VmObject object) {
    try {
      object.objectPages().sync();
    } catch (IOException e) {
      LOG.error(
          "closed with an object whose dirty pages could not be written and are lost: pages={}",
          object.objectPages().dirtyPages(),
          e);
    }
  }

  private static void closeQuietly(TraceRecording recording) {
    try {
      recording.close();
    } catch (IOException e) {
      LOG.warn("a trace could not be completed", e);
    }
  }

  private static void closeQuietly(VmObject object) {
    try {
      object.closeSource();
    } catch (IOException e) {
      LOG.warn("an object's source could not be closed", e);
    }
  }

  private void reportLiveBlocks() {
    if (guard != null) {
      boolean _ = guard.callIn();
      guard.check().forEach(damage -> LOG.error("closed with {}", MemoryDamage.of(damage)));
    }
    for (TypeStatistics type : statistics()) {
      if (type.inUse() != 0) {
        LOG.warn(
            "closed with live blocks: type={}, blocks={}, bytes={}",
            type.name(),
            type.inUse(),
            type.bytes());
      }
    }
    LeakReport report = leaks();
    if (!report.leaks().isEmpty()) {
      LOG.warn("who allocated them:{}", report);
    }
  }

  boolean isClosed() {
    return closed;
  }

  void requireOpen() {
    if (closed) {
      throw Failures.closed();
    }
  }

  @SuppressWarnings("ReferenceEquality") // an allocator is itself
  private MallocType mine(MallocType type) {
    if (type.calls().kmalloc() != this) {
      throw Failures.foreignType(type);
    }
    return type;
  }

  /** Refuses a caller that may not block, and makes a preempting one switch away. */
  void becomeOrdinary(String call) {
    Caller caller = callers.caller();
    String why = caller.whyNotBlock();
    if (why != null) {
      throw Failures.cannotBlock(call, why);
    }
    long since = 0;
    while (caller.preempting() && !caller.switchAway()) {
      long now = callers.base().nanoTime();
      since = since == 0 ? now : since;
      if (now - since > PageSupply.PINNED_NANOS) {
        throw Failures.pinned(call);
      }
    }
  }

  String whyNotBlock() {
    String why = callers.caller().whyNotBlock();
    return why == null ? "it was so when it asked" : why;
  }

  RuntimeException failure(MallocType type, long size, long code, String call) {
    return calls.failure(type, size, code, call);
  }

  FlightEvents flightEvents() {
    return flightEvents;
  }

  WaitingCalls waitingCalls() {
    return waitingCalls;
  }

  String typeName(int id) {
    return types.name(id);
  }

  void observe(@Nullable AttemptObserver observer) {
    flightEvents.observe(observer);
  }

  private RestWatch watchRest(Watch watch) {
    RestWatch made = new RestWatch(queues, callers, pageout, io, reclaimers, watch::atRest);
    supply.whenInLine(made::wake);
    return made;
  }

  @Nullable RestWatch restWatch() {
    return restWatch;
  }

  /** A watch that is not started. */
  Shortage newWatch(Shortage.Reporter reporter) {
    return new Shortage(queues, callers, reclaimers, stallNanos, reporter);
  }

  PageArena arena() {
    return arena;
  }

  PageQueues queues() {
    return queues;
  }

  PageSupply supply() {
    return supply;
  }

  Pageout pageout() {
    return pageout;
  }

  Trim trim() {
    return trim;
  }

  Owners owners() {
    return owners;
  }
}
