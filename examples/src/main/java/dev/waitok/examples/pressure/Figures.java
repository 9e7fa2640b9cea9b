package dev.waitok.examples.pressure;

import java.util.LinkedHashMap;
import java.util.Map;

/** Figures of one promise, some held against a bound, as they are measured. */
final class Figures {
  private final String name;
  private final Map<String, Number> figures = new LinkedHashMap<>();
  private boolean holds = true;

  Figures(String name) {
    this.name = name;
  }

  /** A figure without a bound. */
  Figures figure(String figure, Number value) {
    put(figure, value);
    return this;
  }

  /** A figure that may not be above a bound. */
  Figures atMost(String figure, Number value, Number bound) {
    put(figure, value);
    put(figure + "AtMost", bound);
    holds &= value.doubleValue() <= bound.doubleValue();
    return this;
  }

  /** A figure that may not be below a bound. */
  Figures atLeast(String figure, Number value, Number bound) {
    put(figure, value);
    put(figure + "AtLeast", bound);
    holds &= value.doubleValue() >= bound.doubleValue();
    return this;
  }

  /** A figure that has to be just so. */
  Figures exactly(String figure, Number value, Number bound) {
    put(figure, value);
    put(figure + "Exactly", bound);
    holds &= value.doubleValue() == bound.doubleValue();
    return this;
  }

  private void put(String figure, Number value) {
    if (figures.put(figure, value) != null) {
      throw new IllegalArgumentException("two figures of one name: " + figure);
    }
  }

  ScenarioResult result() {
    return new ScenarioResult(name, holds, figures);
  }
}
