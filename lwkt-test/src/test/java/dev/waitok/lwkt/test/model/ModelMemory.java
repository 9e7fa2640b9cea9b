package dev.waitok.lwkt.test.model;

import static dev.waitok.kmalloc.MallocFlags.M_INTNOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_INTWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_NULLOK;
import static dev.waitok.kmalloc.MallocFlags.M_USE_RESERVE;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.lwkt.test.model.Command.Caller;
import dev.waitok.lwkt.test.model.Command.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the decision table says, in plain collections: which pages are where, who may be served from
 * what at each attempt, who waits, and who is served when pages come. It decides what each step of
 * a program does before the program is run.
 *
 * <p>Each block is a run of whole pages, and the arena is so small that nobody keeps any back, so
 * pages are all there is to it. A request that would have to wait asks for one page: for one page,
 * "there are enough" and "there is a run" are the same.
 */
final class ModelMemory {
  static final int PAGES = 12;
  static final int OBJECT_PAGES = 6;
  static final int INTERRUPT_RESERVE = 1;
  static final int RESERVE = 2;
  static final int TARGET = 4;
  static final int FIRST_LIMIT = 5;

  /** Requests of an object's page are of no type. */
  private static final int NO_FLAGS = M_WAITOK;

  private static final class Op {
    private final int number;
    private final Caller caller;
    private final int pages;
    private final int floor;
    private final boolean limited;
    private final int target;
    private final int object;
    private final boolean dirties;
    private final List<String> outcomes = new ArrayList<>();
    private String result = "waits";

    Op(
        int number,
        Caller caller,
        int pages,
        int floor,
        boolean limited,
        int target,
        int object,
        boolean dirties) {
      this.number = number;
      this.caller = caller;
      this.pages = pages;
      this.floor = floor;
      this.limited = limited;
      this.target = target;
      this.object = object;
      this.dirties = dirties;
    }

    void outcome(String outcome) {
      if (object < 0) {
        outcomes.add(outcome);
      }
    }
  }

  private record Block(int page, int pages, boolean limited) {}

  private final TreeSet<Integer> free = new TreeSet<>();
  private final List<Integer> cache = new ArrayList<>();
  private final List<Integer> inactive = new ArrayList<>();
  private final List<Integer> active = new ArrayList<>();
  private final Map<Integer, Integer> resident = new HashMap<>();
  private final Set<Integer> usedBefore = new HashSet<>();
  private final Set<Integer> dirty = new HashSet<>();
  private final TreeMap<Integer, Block> live = new TreeMap<>();
  private final TreeMap<Integer, Op> ops = new TreeMap<>();
  private final List<Op> line = new ArrayList<>();
  private final List<Command> program = new ArrayList<>();
  private int limit = FIRST_LIMIT;
  private int limitedPages;

  ModelMemory() {
    for (int page = 0; page < PAGES; page++) {
      free.add(page);
    }
  }

  List<Command> program() {
    return program;
  }

  boolean hasBlocks() {
    return !live.isEmpty();
  }

  private boolean busy(Caller caller) {
    return line.stream().anyMatch(op -> op.caller == caller);
  }

  // The actions.

  void allocate(Caller caller, boolean switchesFirst, int flags, int pages, boolean limited) {
    if (busy(caller)) {
      return;
    }
    boolean preempts = caller == Caller.PREEMPTOR && !switchesFirst;
    int asked = waits(flags) && !servedAtOnce(pages, flags, preempts) ? 1 : pages;
    Op op = new Op(program.size(), caller, asked, floor(flags), limited, -1, -1, false);
    request(op, flags, preempts);
    done(op, Kind.ALLOCATE, caller, switchesFirst, flags, asked, limited, -1);
  }

  void free(Caller caller, int choice) {
    if (busy(caller) || !hasBlocks()) {
      return;
    }
    int target = pick(choice);
    release(live.remove(target));
    serve();
    done(null, Kind.FREE, caller, false, NO_FLAGS, 0, false, target);
  }

  void resize(Caller caller, int choice, int flags, int pages) {
    if (busy(caller) || !hasBlocks()) {
      return;
    }
    int target = pick(choice);
    Block block = live.get(target);
    boolean preempts = caller == Caller.PREEMPTOR;
    if (waits(flags) && !servedAtOnce(pages, flags, preempts)) {
      return; // it would hold what it waits for
    }
    Op op = new Op(program.size(), caller, pages, floor(flags), block.limited(), target, -1, false);
    if (pages == block.pages()) {
      op.result = "same";
    } else {
      request(op, flags, preempts);
    }
    done(op, Kind.RESIZE, caller, false, flags, pages, block.limited(), target);
  }

  /** Uses a page of the object, which is read if it is not there; maybe changes it. */
  void pageIn(Caller caller, int index, boolean change) {
    boolean there = resident.containsKey(index);
    if (busy(caller) || (!there && line.stream().anyMatch(op -> op.object >= 0))) {
      return; // two who are served together would put their pages into a queue in either order
    }
    Op op = new Op(program.size(), caller, 1, RESERVE, false, -1, index, change);
    if (there) {
      use(op, resident.get(index));
    } else {
      attempt(op, op.floor, true);
    }
    done(op, change ? Kind.DIRTY : Kind.PAGE_IN, caller, false, NO_FLAGS, index, false, -1);
  }

  /** All clean pages of the object become CACHE. */
  void cacheAll(Caller caller) {
    if (busy(caller)) {
      return;
    }
    for (int index = 0; index < OBJECT_PAGES; index++) {
      Integer page = resident.get(index);
      if (page != null && !dirty.contains(page) && !cache.contains(page)) {
        inactive.remove(page);
        active.remove(page);
        cache.add(page);
      }
    }
    serve();
    done(null, Kind.CACHE, caller, false, NO_FLAGS, 0, false, -1);
  }

  /** A pass of pageout: FREE up to its target, CACHE up to twice that. */
  void reclaim() {
    if (!dirty.isEmpty() || !line.isEmpty()) {
      return;
    }
    while (free.size() < TARGET && !resident.isEmpty()) {
      if (cache.size() < 2 * TARGET) {
        age();
      }
      if (!cache.isEmpty()) {
        free.add(forget(cache.getFirst()));
      }
    }
    while (cache.size() < 2 * TARGET && age()) {
      // One page at a time.
    }
    done(null, Kind.RECLAIM, Caller.PLAIN, false, NO_FLAGS, 0, false, -1);
  }

  /** Moves the oldest page one queue on; false if there is none but in CACHE. */
  private boolean age() {
    if (!inactive.isEmpty()) {
      cache.add(inactive.removeFirst());
      return true;
    }
    if (!active.isEmpty()) {
      Integer page = active.removeFirst();
      usedBefore.remove(page);
      inactive.add(page);
      return true;
    }
    return false;
  }

  void limit(int pages) {
    limit = pages;
    done(null, Kind.LIMIT, Caller.PLAIN, false, NO_FLAGS, pages, true, -1);
  }

  void exit(Caller caller) {
    if (!busy(caller)) {
      done(null, Kind.EXIT, caller, false, NO_FLAGS, 0, false, -1);
    }
  }

  // The rules.

  private static boolean waits(int flags) {
    return (flags & M_WAITOK) != 0;
  }

  /** How many FREE pages an ordinary caller leaves. */
  private static int floor(int flags) {
    return switch (flags & ~M_NULLOK) {
      case M_WAITOK -> RESERVE;
      case M_WAITOK | M_USE_RESERVE, M_NOWAIT -> INTERRUPT_RESERVE;
      case M_INTWAIT, M_INTNOWAIT -> 0;
      default -> throw new IllegalArgumentException("flags " + flags);
    };
  }

  private boolean servedAtOnce(int pages, int flags, boolean preempts) {
    boolean tooLarge = pages > PAGES - (preempts ? 0 : floor(flags));
    return tooLarge
        || fromFree(pages, preempts ? 0 : floor(flags))
        || fromCache(pages, preempts ? 0 : floor(flags));
  }

  private boolean fromFree(int pages, int floor) {
    return free.size() - pages >= floor && lowestRun(free, pages) >= 0;
  }

  private boolean fromCache(int pages, int floor) {
    TreeSet<Integer> both = new TreeSet<>(free);
    both.addAll(cache);
    return !cache.isEmpty()
        && Math.max(0, free.size() - floor) + cache.size() >= pages
        && lowestRun(both, pages) >= 0;
  }

  private static int lowestRun(TreeSet<Integer> pages, int length) {
    for (int first : pages) {
      if (pages.subSet(first, first + length).size() == length) {
        return first;
      }
    }
    return -1;
  }

  private void request(Op op, int flags, boolean preempts) {
    if (op.pages > PAGES - (preempts ? 0 : op.floor)) {
      op.result = "too large";
    } else if (op.limited && limitedPages + op.pages > limit) {
      op.result = "limit";
    } else {
      limitedPages += op.limited ? op.pages : 0;
      if (!preempts) {
        attempt(op, op.floor, waits(flags));
      } else if (fromFree(op.pages, 0)) {
        served(op, "FREE", takeFree(op.pages));
      } else if (waits(flags)) {
        op.outcome("SWITCH");
        attempt(op, 0, true);
      } else {
        none(op);
      }
    }
  }

  /** An attempt of one who preempts nobody. */
  private void attempt(Op op, int floor, boolean mayWait) {
    if (fromFree(op.pages, floor)) {
      served(op, "FREE", takeFree(op.pages));
    } else if (mayWait && fromCache(op.pages, floor)) {
      reclaimed(op, floor);
    } else if (mayWait) {
      op.outcome("WAIT");
      line.add(
          new Op(
              op.number, op.caller, op.pages, floor, op.limited, op.target, op.object, op.dirties));
    } else {
      none(op);
    }
  }

  private void none(Op op) {
    op.outcome("NULL");
    op.result = "null";
    limitedPages -= op.limited ? op.pages : 0;
  }

  private int takeFree(int pages) {
    int first = lowestRun(free, pages);
    free.subSet(first, first + pages).clear();
    return first;
  }

  /** A run of FREE and CACHE pages; what is taken from below the floor is made FREE elsewhere. */
  private void reclaimed(Op op, int floor) {
    int madeFree = 0;
    while (true) {
      TreeSet<Integer> both = new TreeSet<>(free);
      both.addAll(cache);
      int first = op.pages == 1 ? cache.getFirst() : lowestRun(both, op.pages);
      int end = first + op.pages;
      int inRun = free.subSet(first, end).size();
      if (free.size() - inRun >= Math.min(floor, free.size() - madeFree)) {
        free.subSet(first, end).clear();
        cache.stream().filter(p -> first <= p && p < end).toList().forEach(this::forget);
        served(op, "CACHE", first);
        return;
      }
      free.add(forget(cache.stream().filter(p -> p < first || p >= end).findFirst().orElseThrow()));
      madeFree++;
      if (cache.isEmpty()) {
        served(op, "FREE", takeFree(op.pages)); // all of the run is FREE by now
        return;
      }
    }
  }

  private void served(Op op, String outcome, int page) {
    op.outcome(outcome);
    if (op.object >= 0) {
      resident.put(op.object, page);
      use(op, page);
      return;
    }
    op.result = "@" + page;
    if (op.target >= 0) {
      release(live.remove(op.target));
    }
    live.put(op.number, new Block(page, op.pages, op.limited));
  }

  /** The last user of a page lets go of it. */
  private void use(Op op, Integer page) {
    cache.remove(page);
    inactive.remove(page);
    active.remove(page);
    (usedBefore.add(page) ? inactive : active).add(page);
    if (op.dirties) {
      dirty.add(page);
    }
    op.result = "read";
  }

  private int forget(Integer page) {
    cache.remove(page);
    usedBefore.remove(page);
    resident.values().remove(page);
    return page;
  }

  private void release(Block block) {
    for (int page = block.page(); page < block.page() + block.pages(); page++) {
      free.add(page);
    }
    limitedPages -= block.limited() ? block.pages() : 0;
  }

  /** Pages came: those in line are served, by floor, and then by who came first. */
  private void serve() {
    boolean served = true;
    while (served) {
      served = false;
      for (Op waiter : inTurn()) {
        if (fromFree(1, waiter.floor) || !cache.isEmpty()) {
          line.remove(waiter);
          Op op = ops.get(waiter.number);
          if (fromFree(1, waiter.floor)) {
            served(op, "FREE", takeFree(1));
          } else {
            reclaimed(op, waiter.floor);
          }
          served = true;
          break;
        }
      }
    }
  }

  private List<Op> inTurn() {
    List<Op> order = new ArrayList<>(line);
    order.sort(
        Comparator.comparingInt(op -> op.floor)); // and stably, so that who came first is first
    return order;
  }

  private int pick(int choice) {
    List<Integer> blocks = new ArrayList<>(live.keySet());
    return blocks.get(Math.floorMod(choice, blocks.size()));
  }

  private void done(
      Op op,
      Kind kind,
      Caller caller,
      boolean switchesFirst,
      int flags,
      int pages,
      boolean limited,
      int target) {
    int number = program.size();
    if (op != null) {
      ops.put(number, op);
    }
    serve(); // a resize has freed its old block
    program.add(
        new Command(
            number, kind, caller, switchesFirst, flags, pages, limited, target, toString()));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("F").append(free.size()).append(" C").append(cache.size());
    text.append(" I").append(inactive.size()).append(" A").append(active.size());
    text.append(" limited ").append(limitedPages);
    ops.forEach((n, op) -> text.append(" #").append(n).append(op.outcomes).append(op.result));
    return text.toString();
  }
}
