/** The main job: interrupts that ask for memory while memory is short. */
@NullMarked
package dev.waitok.examples.storm;

import org.jspecify.annotations.NullMarked;
