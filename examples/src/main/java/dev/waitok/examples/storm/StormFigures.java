package dev.waitok.examples.storm;

import java.util.List;

/**
 * What the program writes as JSON.
 *
 * @param dispatch how the threads were dispatched
 * @param arena bytes of the arena
 * @param rate recorded time divided by this is the time of the storm
 * @param policies one after another on the same input
 */
record StormFigures(String dispatch, long arena, double rate, List<PolicyFigures> policies) {}
