/** Patterns that show whether memory was written by somebody else. */
@NullMarked
package dev.waitok.examples.memory;

import org.jspecify.annotations.NullMarked;
