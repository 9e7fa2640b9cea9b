/** A memcached server on LWKT threads, whose values are blocks of kmalloc. */
@org.jspecify.annotations.NullMarked
package dev.waitok.examples.memcached;
