/** The kinds of threads that a workload runs on. */
@NullMarked
package dev.waitok.benchmarks.threads;

import org.jspecify.annotations.NullMarked;
