package dev.waitok.examples.pressure;

import java.util.Map;

/**
 * What one scenario found.
 *
 * @param name the promise
 * @param holds whether every figure that has a bound is within it
 * @param figures by name; a bound has the name of its figure and {@code AtMost} or {@code AtLeast}
 */
record ScenarioResult(String name, boolean holds, Map<String, Number> figures) {}
