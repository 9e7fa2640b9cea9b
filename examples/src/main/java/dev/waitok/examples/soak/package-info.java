/** The storm that is kept up for long while things go wrong. */
@NullMarked
package dev.waitok.examples.soak;

import org.jspecify.annotations.NullMarked;
