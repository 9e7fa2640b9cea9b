package dev.waitok.lwkt;

/**
 * A thread's priority, 0 to 31; the higher one wins. Names are the field's; {@link #of} gives the
 * levels between them.
 */
public final class Priority implements Comparable<Priority> {
  private static final Priority[] LEVELS = new Priority[32];

  static {
    String[] names = new String[LEVELS.length];
    names[0] = "IDLE_THREAD";
    names[1] = "IDLE_WORK";
    names[2] = "USER_SCHEDULER";
    names[4] = "USER_IDLE";
    names[6] = "USER_NORM";
    names[8] = "USER_REAL";
    names[9] = "KERN_LPSCHED";
    names[10] = "KERN_USER";
    names[12] = "KERN_DAEMON";
    names[14] = "SOFT_NORM";
    names[16] = "SOFT_TIMER";
    names[20] = "INT_SUPPORT";
    names[27] = "INT_LOW";
    names[28] = "INT_MED";
    names[29] = "INT_HIGH";
    names[31] = "MAX";
    for (int level = 0; level < LEVELS.length; level++) {
      String name = names[level];
      LEVELS[level] = new Priority(level, name == null ? "PRIORITY_" + level : name);
    }
  }

  /** 0: runs when nothing else can. */
  public static final Priority IDLE_THREAD = of(0);

  /** 1: work for idle cpus. */
  public static final Priority IDLE_WORK = of(1);

  /** 2: a scheduler of its own kind of threads. */
  public static final Priority USER_SCHEDULER = of(2);

  /** 4: background work of users. */
  public static final Priority USER_IDLE = of(4);

  /** 6: ordinary work of users. */
  public static final Priority USER_NORM = of(6);

  /** 8: urgent work of users. */
  public static final Priority USER_REAL = of(8);

  /** 9: the border below which threads are users'. */
  public static final Priority KERN_LPSCHED = of(9);

  /** 10: a user's thread inside the kernel. */
  public static final Priority KERN_USER = of(10);

  /** 12: daemons; what a thread gets that asks for nothing else. */
  public static final Priority KERN_DAEMON = of(12);

  /** 14: software interrupts. */
  public static final Priority SOFT_NORM = of(14);

  /** 16: timers. */
  public static final Priority SOFT_TIMER = of(16);

  /** 20: threads that serve interrupts. */
  public static final Priority INT_SUPPORT = of(20);

  /** 27: interrupts that can wait. */
  public static final Priority INT_LOW = of(27);

  /** 28: interrupts. */
  public static final Priority INT_MED = of(28);

  /** 29: interrupts that cannot wait. */
  public static final Priority INT_HIGH = of(29);

  /** 31: the highest. */
  public static final Priority MAX = of(31);

  private final int level;
  private final String name;

  private Priority(int level, String name) {
    this.level = level;
    this.name = name;
  }

  /**
   * The priority of a level.
   *
   * @param level 0 to 31
   * @return the priority; always the same object for a level
   * @throws IllegalArgumentException if there is no such level
   */
  public static Priority of(int level) {
    if (level < 0 || level >= LEVELS.length) {
      throw Failures.noSuchPriority(level);
    }
    return LEVELS[level];
  }

  /**
   * Its number.
   *
   * @return 0 to 31
   */
  public int level() {
    return level;
  }

  @Override
  public int compareTo(Priority other) {
    return Integer.compare(level, other.level);
  }

  @Override
  public String toString() {
    return name + "(" + level + ")";
  }
}
