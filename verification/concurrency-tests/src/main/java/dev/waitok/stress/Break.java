package dev.waitok.stress;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a test's broken twin: the same test, in a JVM where one call in one method of the class
 * under test is another one. Nothing is copied, so the twin cannot drift from what it is a twin of.
 * The test has to find the outcome that it forbids, which shows that it can.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Breaks.class)
public @interface Break {
  /** How a call is broken. */
  enum How {
    /** {@code setVolatile} is {@code setOpaque}: later loads may come before the store. */
    WEAKER,
    /** A read and a write in place of one atomic operation: see {@link NotAtomic}. */
    NOT_ATOMIC,
    /** It does not happen: a field reads 0 or null, a call returns that, or -1 if it is a long. */
    LEFT_OUT,
    /** It does not happen; its result is true. */
    ALWAYS_TRUE,
    /** It is left out the first time that a thread makes it for one and the same argument. */
    LEFT_OUT_FIRST,
    /** It is left out the second time that a thread makes it for one and the same argument. */
    LEFT_OUT_SECOND
  }

  /** The class that is broken. */
  Class<?> in();

  /** The method. */
  String method();

  /** A class nested in it that is broken instead, where that one cannot be named; or nothing. */
  String nested() default "";

  /** The name of the method that is called there, or of the field that is read. */
  String call();

  /** Which of the places where it is. */
  int place() default 1;

  /** What becomes of it. */
  How now();
}
