package dev.waitok.stress;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a twin does in place of an atomic operation: the same, in two steps. */
public final class NotAtomic {
  private NotAtomic() {}

  /** Between the steps: longer than two processors need to agree on what was written. */
  public static void meanwhile() {
    for (int i = 0; i < 32; i++) {
      Thread.onSpinWait();
    }
  }

  /** Of an int field. */
  public static boolean compareAndSet(VarHandle field, Object owner, int expected, int update) {
    if ((int) field.getOpaque(owner) != expected) {
      return false;
    }
    meanwhile();
    field.setOpaque(owner, update);
    return true;
  }

  /** Of an element of an array of longs. */
  public static boolean compareAndSet(
      VarHandle element, Object array, int index, long expected, long update) {
    if ((long) element.getOpaque((long[]) array, index) != expected) {
      return false;
    }
    meanwhile();
    element.setOpaque((long[]) array, index, update);
    return true;
  }

  /** Of an atomic long. */
  public static boolean compareAndSet(AtomicLong value, long expected, long update) {
    if (value.getOpaque() != expected) {
      return false;
    }
    meanwhile();
    value.setOpaque(update);
    return true;
  }

  /** Of an atomic reference. */
  @SuppressWarnings({"ReferenceEquality", "unchecked"})
  public static boolean compareAndSet(
      AtomicReference<?> value, @Nullable Object expected, @Nullable Object update) {
    AtomicReference<@Nullable Object> any = (AtomicReference<@Nullable Object>) value;
    if (any.getOpaque() != expected) {
      return false;
    }
    meanwhile();
    any.setOpaque(update);
    return true;
  }

  /** Of an int field. */
  public static int getAndSet(VarHandle field, Object owner, int update) {
    int before = (int) field.getOpaque(owner);
    meanwhile();
    field.setOpaque(owner, update);
    return before;
  }

  /** Of an element of an array of longs. */
  public static long getAndBitwiseOr(VarHandle element, Object array, int index, long bits) {
    long before = (long) element.getOpaque((long[]) array, index);
    meanwhile();
    element.setOpaque((long[]) array, index, before | bits);
    return before;
  }
}
