/** Who calls: the context of plain threads, which is built in, and the scheduler that is bound. */
package dev.waitok.kmalloc.context;
