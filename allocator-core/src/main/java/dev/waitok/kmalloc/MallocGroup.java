package dev.waitok.kmalloc;

import dev.waitok.kmalloc.slab.Budget;
import org.jspecify.annotations.Nullable;

/**
 * Types, and groups of types, that have a limit in common: a node in the tree of limits.
 *
 * <p>A block counts against its type's limit and against that of each group above, and any of them
 * refuses it. A part of a group's limit can be reserved for one of its types or groups. All calls
 * may be made from any thread; a group lasts as long as its allocator.
 *
 * <p>A group's limit is never exceeded. It may refuse early, by a 64th of it for each cpu and
 * stripe, which these keep to charge small blocks without asking it. A charge costs nothing more in
 * a group; once in a batch of charges the nodes up to the root are visited.
 */
public final class MallocGroup {
  private final Kmalloc kmalloc;
  private final Types types;
  private final String name;
  private final @Nullable MallocGroup parent;
  private final Budget budget;

  MallocGroup(Kmalloc kmalloc, Types types, String name, @Nullable MallocGroup parent) {
    this.kmalloc = kmalloc;
    this.types = types;
    this.name = name;
    this.parent = parent;
    this.budget = new Budget(parent == null ? null : parent.budget, Long.MAX_VALUE);
  }

  Budget budget() {
    return budget;
  }

  /**
   * The group's name.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * The group that it is in.
   *
   * @return the group, or null at the top
   */
  public @Nullable MallocGroup parent() {
    return parent;
  }

  /**
   * The type of a name in this group: the existing one, or a new one without a limit of its own.
   *
   * @param typeName any name
   * @return the type
   * @throws IllegalArgumentException if the type is there and not in this group
   * @throws KmallocClosedException if the allocator is closed
   */
  public MallocType type(String typeName) {
    return type(typeName, Long.MAX_VALUE);
  }

  /**
   * The type of a name in this group: the existing one, whose limit stays, or a new one.
   *
   * @param typeName any name
   * @param limit the most bytes that a new type may use
   * @return the type
   * @throws IllegalArgumentException if the type is there and not in this group
   * @throws KmallocClosedException if the allocator is closed
   */
  public MallocType type(String typeName, long limit) {
    kmalloc.requireOpen();
    if (limit < 0) {
      throw Failures.negativeSize(limit);
    }
    return types.get(typeName, limit, this);
  }

  /**
   * The group of a name in this group: the existing one, or a new one without a limit of its own.
   *
   * @param groupName any name
   * @return the group
   * @throws IllegalArgumentException if the group is there and not in this group
   * @throws KmallocClosedException if the allocator is closed
   */
  public MallocGroup group(String groupName) {
    kmalloc.requireOpen();
    return types.group(kmalloc, groupName, this);
  }

  /**
   * The limit.
   *
   * @return the most bytes that may be in use, {@link Long#MAX_VALUE} for no limit
   */
  public long limit() {
    return budget.limit();
  }

  /**
   * Sets the limit. Of a lower one each cpu learns at its next preemption point; what is in use
   * above it stays, and nothing more is given until enough is freed, except what is reserved.
   *
   * @param bytes the new limit, not negative
   * @return this
   */
  public MallocGroup limit(long bytes) {
    if (bytes < 0) {
      throw Failures.negativeSize(bytes);
    }
    kmalloc.limit(budget, bytes);
    return this;
  }

  /**
   * What is reserved for it in its parent.
   *
   * @return in bytes
   */
  public long reservation() {
    return budget.reserved();
  }

  /**
   * Sets how much of its parent's limit is kept for this group: {@link
   * MallocType#reservation(long)}.
   *
   * @param bytes how much, in bytes; 0 for nothing
   * @return this
   * @throws IllegalStateException if it has no parent
   * @throws IllegalArgumentException if that is negative, or more than its own limit
   * @throws LimitReachedException if the parent, or one above, has not so much left; nothing has
   *     changed then
   */
  public MallocGroup reservation(long bytes) {
    reserve("group " + name, budget, parent, bytes);
    return this;
  }

  static void reserve(String what, Budget budget, @Nullable MallocGroup from, long bytes) {
    if (bytes < 0) {
      throw Failures.negativeSize(bytes);
    }
    if (from == null) {
      throw new IllegalStateException(
          what + " is in no group, so there is nothing to reserve from: bytes=" + bytes);
    }
    if (bytes > budget.limit()) {
      throw new IllegalArgumentException(
          what + " may not use so much: reservation=" + bytes + ", limit=" + budget.limit());
    }
    if (!budget.reserve(bytes)) {
      throw Failures.cannotReserve(what, bytes, from);
    }
  }

  /**
   * What its types have used so far.
   *
   * @return the figures; exact while nobody allocates or frees
   */
  public GroupStatistics statistics() {
    long bytes =
        types.all().stream()
            .map(MallocType::ledger)
            .filter(ledger -> ledger.budget().isIn(budget))
            .mapToLong(ledger -> ledger.bytes())
            .sum();
    return new GroupStatistics(
        name,
        parent == null ? null : parent.name(),
        limit(),
        reservation(),
        bytes,
        budget.drawn(),
        budget.peak());
  }

  @Override
  public String toString() {
    return statistics().toString();
  }
}
