/**
 * What a scheduler implements and calls to bind itself to an allocator. The ground floor of the
 * module: it depends on nothing else in it. Applications do not need this package.
 */
package dev.waitok.kmalloc.spi;
