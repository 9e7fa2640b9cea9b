package dev.waitok.examples.decisions;

import java.util.List;

/**
 * What the program writes as JSON.
 *
 * @param dispatch how the threads were dispatched
 * @param policy when the class of pages is decided
 * @param cells one for each state
 */
record DecisionFigures(String dispatch, String policy, List<Cell> cells) {}
