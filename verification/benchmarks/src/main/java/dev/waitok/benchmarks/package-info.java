/** kmalloc and LWKT beside their peers: JMH benchmarks, and one command that compares. */
@NullMarked
package dev.waitok.benchmarks;

import org.jspecify.annotations.NullMarked;
