package dev.waitok.audit;

import java.lang.constant.DirectMethodHandleDesc;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a slot of a method's frame.
 *
 * @param kind how much is known
 * @param sites the instructions of the calls without wait that may have given it
 * @param lambda the method behind it, if it is a function object
 */
record Value(Kind kind, Set<Integer> sites, @Nullable DirectMethodHandleDesc lambda) {
  /** In the order in which a join prefers them. */
  enum Kind {
    /** Nothing, or nothing that matters any more. */
    UNKNOWN,
    /** A function object. */
    LAMBDA,
    /** A spin lock's hold, which is never null. */
    HOLD,
    /** What a comparison of such a result gave. */
    COMPARED,
    /** What a call without wait gave, not looked at so far. */
    MAYBE,
    /** The same, on the way on which it is null. */
    NULL
  }

  static final Value HOLD = new Value(Kind.HOLD, Set.of(), null);
  static final Value UNKNOWN = new Value(Kind.UNKNOWN, Set.of(), null);

  static Value of(DirectMethodHandleDesc function) {
    return new Value(Kind.LAMBDA, Set.of(), function);
  }

  static Value of(Kind kind, int site) {
    return new Value(kind, Set.of(site), null);
  }

  boolean isResult() {
    return kind == Kind.MAYBE || kind == Kind.NULL;
  }

  /** What is known where two ways meet: the worse. */
  Value join(Value other) {
    Value worse = kind.compareTo(other.kind) >= 0 ? this : other;
    if (isResult() && other.isResult() && !sites.equals(other.sites)) {
      Set<Integer> all = new HashSet<>(sites);
      all.addAll(other.sites);
      return new Value(worse.kind, Set.copyOf(all), null);
    }
    return worse;
  }

  /** The same results, of which more is known. */
  Value as(Kind known) {
    return new Value(known, sites, null);
  }

  /** Whether a call may have given both. */
  boolean sharesSite(Value other) {
    return sites.stream().anyMatch(other.sites::contains);
  }
}
