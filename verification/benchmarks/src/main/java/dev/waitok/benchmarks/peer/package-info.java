/** kmalloc and its peers behind one interface. */
@NullMarked
package dev.waitok.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
