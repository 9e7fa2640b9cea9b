/** Recorded allocation traces: reading, checking, and holding them in memory. */
@NullMarked
package dev.waitok.examples.trace;

import org.jspecify.annotations.NullMarked;
