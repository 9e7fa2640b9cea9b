/** What happens to a pair when there is more of everything. */
@NullMarked
package dev.waitok.benchmarks.growth;

import org.jspecify.annotations.NullMarked;
