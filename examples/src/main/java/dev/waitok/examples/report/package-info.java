/** What the programs show: tables for people, JSON for programs, progress on long runs. */
@NullMarked
package dev.waitok.examples.report;

import org.jspecify.annotations.NullMarked;
