/** What the command lines of the programs share. */
@NullMarked
package dev.waitok.examples.cli;

import org.jspecify.annotations.NullMarked;
