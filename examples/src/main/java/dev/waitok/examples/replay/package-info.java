/** The program that replays traces and checks every block. */
@NullMarked
package dev.waitok.examples.replay;

import org.jspecify.annotations.NullMarked;
