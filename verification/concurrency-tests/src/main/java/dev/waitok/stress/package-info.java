/** How a concurrency test gets its broken twin. */
@NullMarked
package dev.waitok.stress;

import org.jspecify.annotations.NullMarked;
