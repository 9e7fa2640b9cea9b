package dev.waitok.examples.pressure;

import java.util.List;

/**
 * What the program writes as JSON.
 *
 * @param dispatch how LWKT threads were dispatched
 * @param scenarios one for each promise
 */
record PressureFigures(String dispatch, List<ScenarioResult> scenarios) {}
