package dev.waitok.audit.sample;

import dev.waitok.kmalloc.Block;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.lwkt.Cpu;
import dev.waitok.lwkt.Lwkt;
import dev.waitok.lwkt.SpinLock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;

/** Bad on purpose, beside the same done well. The names say what the checker is to find. */
public final class BadSample {
  private final Kmalloc kmalloc;
  private final MallocType type;
  private final SpinLock lock = new SpinLock("sample");
  private MemorySegment kept;

  public BadSample(Kmalloc kmalloc, MallocType type) {
    this.kmalloc = kmalloc;
    this.type = type;
  }

  // ---- results that may be null ----

  public void dereferencedAtOnce() {
    type.tryKmalloc(8).fill((byte) 0);
  }

  public byte dereferencedLater(boolean log) {
    MemorySegment block = type.tryKmalloc(8, MallocFlags.M_INTNOWAIT);
    if (log) {
      Objects.hash(log);
    }
    return block.get(ValueLayout.JAVA_BYTE, 0);
  }

  public void dereferencedWhereItIsNull() {
    MemorySegment block = kmalloc.tryKmalloc(8, type, MallocFlags.M_NOWAIT);
    if (block == null) {
      Objects.hash("no memory");
    }
    block.fill((byte) 0);
    type.kfree(block);
  }

  public void dereferencedByFree() {
    type.kfree(type.tryKmalloc(8));
  }

  public void dereferencedAsAddress() {
    long block = type.tryKmallocAddress(8);
    kmalloc.nativeAddress(block);
  }

  public long dereferencedByArithmetic() {
    return type.tryKmallocAddress(8) + 4;
  }

  public void dereferencedInTheLoop(List<Integer> sizes) {
    for (int size : sizes) {
      MemorySegment block = type.tryKmalloc(size);
      block.fill((byte) 1);
    }
  }

  public void ignored() {
    type.tryKmalloc(8);
  }

  public void ignoredInAVariable() {
    long block = type.tryKmallocAddress(8);
  }

  public boolean checked() {
    MemorySegment block = type.tryKmalloc(8);
    if (block == null) {
      return false;
    }
    block.fill((byte) 0);
    type.kfree(block);
    return true;
  }

  public void checkedTheOtherWay() {
    MemorySegment block = type.tryKmalloc(8);
    if (block != null) {
      block.fill((byte) 0);
      type.kfree(block);
    }
  }

  public MemorySegment checkedWithAnotherWay(MemorySegment spare) {
    MemorySegment block = type.tryKmalloc(8);
    if (block == null) {
      block = spare;
    }
    block.fill((byte) 0);
    return block;
  }

  public void checkedAddress() {
    long block = type.tryKmallocAddress(8);
    if (block != Kmalloc.NULL) {
      type.kfree(block);
    }
  }

  public MemorySegment handedOn() {
    return type.tryKmalloc(8);
  }

  public void keptForLater() {
    kept = type.tryKmalloc(8);
  }

  // ---- waiting in hard sections ----

  public void waitsInHardSection() {
    Lwkt.enterHard();
    MemorySegment block = type.kmalloc(8);
    Lwkt.leaveHard();
    type.kfree(block);
  }

  public void waitsUnderSpinLock() {
    try (var _ = lock.lock()) {
      type.kfree(type.kmallocAddress(8));
    }
  }

  public void waitsByWayOfOthers() {
    lock.lock();
    try {
      helper();
    } finally {
      lock.unlock();
    }
  }

  private void helper() {
    deeper();
  }

  private void deeper() {
    try (Block block = type.block(8)) {
      block.segment().fill((byte) 0);
    }
  }

  public void waitsInAnInterProcessorFunction(Cpu cpu) {
    cpu.send(() -> type.kfree(type.kmalloc(8)));
  }

  public void waitsByWayOfAnOverride() {
    Lwkt.enterHard();
    new Quiet().run();
    maker(this).run();
    Lwkt.leaveHard();
  }

  private static Maker maker(BadSample sample) {
    return new Loud(sample);
  }

  public void waitsOutsideOnly() {
    Lwkt.enterHard();
    MemorySegment block = type.tryKmalloc(8);
    Lwkt.leaveHard();
    if (block == null) {
      block = type.kmalloc(8);
    }
    type.kfree(block);
    try (var _ = lock.lock()) {
      kept = null;
    }
    helper();
  }

  /** What the sample makes. */
  public abstract static class Maker {
    public abstract void run();
  }

  /** Makes nothing. */
  public static final class Quiet extends Maker {
    @Override
    public void run() {}
  }

  /** Takes memory. */
  public static final class Loud extends Maker {
    private final BadSample sample;

    Loud(BadSample sample) {
      this.sample = sample;
    }

    @Override
    public void run() {
      sample.helper();
    }
  }
}
