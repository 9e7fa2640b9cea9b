package dev.waitok.examples.replay;

import java.util.List;

/**
 * What the program writes as JSON.
 *
 * @param runs one for each trace
 */
record ReplayFigures(List<ReplayRun> runs) {}
