/** The events of Java Flight Recorder. They know nothing of the rest and cost nothing while off. */
@org.jspecify.annotations.NullMarked
package dev.waitok.kmalloc.jfr;
