/** Driver programs that run the library on real input. */
@NullMarked
package dev.waitok.examples;

import org.jspecify.annotations.NullMarked;
