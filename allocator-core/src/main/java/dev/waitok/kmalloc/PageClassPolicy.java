package dev.waitok.kmalloc;

/** When it is decided what a request may take. */
public enum PageClassPolicy {
  /** Anew at every attempt: a caller that switched away may use CACHE. */
  EACH_ATTEMPT,
  /**
   * Once, before the first attempt, as DragonFly BSD does since 2011: a caller that preempted then
   * may not use CACHE in this call. To measure the difference; not for use.
   */
  ONCE
}
