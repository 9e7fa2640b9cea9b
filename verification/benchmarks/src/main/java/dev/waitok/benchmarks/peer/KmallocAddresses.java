package dev.waitok.benchmarks.peer;

import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;
import static dev.waitok.kmalloc.MallocFlags.M_ZERO;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocType;

/** kmalloc's address form, as it is: every check and the statistics by type are on. */
final class KmallocAddresses extends Addresses implements KmallocBacked {
  private final Kmalloc kmalloc;
  private final MallocType type;

  KmallocAddresses(Kmalloc kmalloc, int slots) {
    super(kmalloc.memory(), slots);
    this.kmalloc = kmalloc;
    this.type = kmalloc.type("benchmark");
  }

  @Override
  public Kmalloc kmalloc() {
    return kmalloc;
  }

  @Override
  long make(long size) {
    return type.kmallocAddress(size);
  }

  @Override
  long makeZeroed(long size) {
    return type.kmallocAddress(size, M_WAITOK | M_ZERO);
  }

  @Override
  long makeAligned(long size, long alignment) {
    return kmalloc.kmallocAddressAligned(size, alignment, type, M_WAITOK);
  }

  @Override
  long resize(long block, long oldSize, long size) {
    return type.kreallocAddress(block, size, M_WAITOK);
  }

  @Override
  void release(long block) {
    type.kfree(block);
  }

  @Override
  public void close() {
    kmalloc.close();
  }
}
