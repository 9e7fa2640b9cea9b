/** One command that runs ours and the peers in turn and prints ratios. */
@NullMarked
package dev.waitok.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
