/** Two memcached servers, as processes, and the load that both are put under. */
@NullMarked
package dev.waitok.benchmarks.memcached;

import org.jspecify.annotations.NullMarked;
