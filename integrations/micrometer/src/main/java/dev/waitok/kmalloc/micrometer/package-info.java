/** Meters of kmalloc for Micrometer. */
@org.jspecify.annotations.NullMarked
package dev.waitok.kmalloc.micrometer;
