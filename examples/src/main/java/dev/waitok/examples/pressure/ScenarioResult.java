package dev.waitok.examples.pressure;

import java.util.Map;

/**
 * What was found of one promise.
 *
 * @param name the promise
 * @param holds whether every figure that has a bound is within it
 * @param figures by name; a bound has the name of its figure and {@code AtMost}, {@code AtLeast} or
 *     {@code Exactly}
 */
record ScenarioResult(String name, boolean holds, Map<String, Number> figures) {}
