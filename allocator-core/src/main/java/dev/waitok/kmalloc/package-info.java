/**
 * The allocator: {@link dev.waitok.kmalloc.Kmalloc} and its types, flags, objects and statistics.
 *
 * <p>The rooms behind it, low to high, are {@code arena}, {@code context}, {@code vm} and {@code
 * slab}; nothing points upward.
 */
package dev.waitok.kmalloc;
