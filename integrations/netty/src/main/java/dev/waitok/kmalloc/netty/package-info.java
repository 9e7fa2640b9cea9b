/** Netty's buffers in kmalloc's arena, and channels that stop reading while memory is short. */
@org.jspecify.annotations.NullMarked
package dev.waitok.kmalloc.netty;
