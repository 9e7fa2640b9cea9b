/** The program that measures the decision table. */
@NullMarked
package dev.waitok.examples.decisions;

import org.jspecify.annotations.NullMarked;
