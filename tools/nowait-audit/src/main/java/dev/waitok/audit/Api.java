package dev.waitok.audit;

import java.util.Set;

/** The calls that the checker knows, by the names in class files. */
final class Api {
  private static final Set<String> ALLOCATORS =
      Set.of("dev/waitok/kmalloc/MallocType", "dev/waitok/kmalloc/Kmalloc");
  private static final String NETTY = "dev/waitok/kmalloc/netty/KmallocByteBufAllocator";
  private static final String LWKT = "dev/waitok/lwkt/Lwkt";
  private static final String SPIN_LOCK = "dev/waitok/lwkt/SpinLock";
  private static final String HOLD = "dev/waitok/lwkt/SpinLock$Hold";
  private static final Set<String> WAITING =
      Set.of(
          "kmalloc",
          "kmallocAddress",
          "kmallocAligned",
          "kmallocAddressAligned",
          "kmallocInterruptibly",
          "krealloc",
          "kreallocAddress",
          "block");

  /** Calls that throw, or do harm, when they are given a null or what the address forms give. */
  private static final Set<String> NEEDS_A_BLOCK =
      Set.of("kfree", "nativeAddress", "usableSize", "requireNonNull", "copy", "asSlice");

  private Api() {}

  /** Whether a call gives null, or its address form, when there is no memory. */
  static boolean mayGiveNull(String owner, String name) {
    return (ALLOCATORS.contains(owner) && name.startsWith("tryK"))
        || (owner.equals(NETTY) && name.equals("tryDirectBuffer"));
  }

  static boolean mayWait(String owner, String name) {
    return ALLOCATORS.contains(owner) && WAITING.contains(name);
  }

  /** Whether a call cannot be given null as an argument. */
  static boolean needsABlock(String owner, String name) {
    return NEEDS_A_BLOCK.contains(name)
        && (ALLOCATORS.contains(owner)
            || owner.equals("java/util/Objects")
            || owner.equals("java/lang/foreign/MemorySegment"));
  }

  static boolean givesHold(String owner, String name) {
    return owner.equals(SPIN_LOCK) && name.equals("lock");
  }

  /** By how much a call changes the depth of hard sections. */
  static int hardDepth(String owner, String name) {
    return switch (name) {
      case "enterHard" -> owner.equals(LWKT) ? 1 : 0;
      case "leaveHard" -> owner.equals(LWKT) ? -1 : 0;
      case "lock", "tryLock" -> owner.equals(SPIN_LOCK) ? 1 : 0;
      case "unlock" -> owner.equals(SPIN_LOCK) ? -1 : 0;
      case "close" -> owner.equals(HOLD) ? -1 : 0;
      default -> 0;
    };
  }

  /** Whether what a call is given runs in a hard section. */
  static boolean runsHard(String owner, String name) {
    return owner.equals("dev/waitok/lwkt/Cpu") && name.equals("send");
  }
}
