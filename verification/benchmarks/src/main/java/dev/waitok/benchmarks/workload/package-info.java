/** What allocators are asked to do, each workload written once, and its JMH benchmark. */
@NullMarked
package dev.waitok.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
