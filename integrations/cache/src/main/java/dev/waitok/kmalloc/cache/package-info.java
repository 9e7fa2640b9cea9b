/** A cache with Caffeine's policy whose values are kmalloc's, and go when memory is short. */
@org.jspecify.annotations.NullMarked
package dev.waitok.kmalloc.cache;
