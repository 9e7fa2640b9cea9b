package dev.waitok.examples.storm;

import static dev.waitok.kmalloc.MallocFlags.M_NOWAIT;
import static dev.waitok.kmalloc.MallocFlags.M_WAITOK;

import dev.waitok.kmalloc.PageClassPolicy;

/** How the handlers of a storm ask for memory. */
enum Policy {
  /** As code that must never block always did: M_NOWAIT, and the request is lost on null. */
  NOWAIT("nowait", M_NOWAIT, PageClassPolicy.EACH_ATTEMPT),

  /** The idea: M_WAITOK, and the class of pages is decided anew at every attempt. */
  WAITOK("waitok", M_WAITOK, PageClassPolicy.EACH_ATTEMPT),

  /** DragonFly since 2011: M_WAITOK, with the class of pages chosen once. */
  REEVAL_OFF("reeval-off", M_WAITOK, PageClassPolicy.ONCE);

  private final String label;
  private final int flags;
  private final PageClassPolicy pageClasses;

  Policy(String label, int flags, PageClassPolicy pageClasses) {
    this.label = label;
    this.flags = flags;
    this.pageClasses = pageClasses;
  }

  /** The flags of a handler's request. */
  int flags() {
    return flags;
  }

  PageClassPolicy pageClasses() {
    return pageClasses;
  }

  @Override
  public String toString() {
    return label;
  }
}
