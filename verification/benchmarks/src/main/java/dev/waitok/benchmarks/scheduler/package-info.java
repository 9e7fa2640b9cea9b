/** What a switch, an interrupt and a thread cost, beside default virtual threads and the floor. */
@NullMarked
package dev.waitok.benchmarks.scheduler;

import org.jspecify.annotations.NullMarked;
