/**
 * What an allocator does when memory is short: one scenario for each promise, and all over time.
 */
@NullMarked
package dev.waitok.examples.pressure;

import org.jspecify.annotations.NullMarked;
