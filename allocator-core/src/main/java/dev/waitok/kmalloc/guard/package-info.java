@org.jspecify.annotations.NullMarked
package dev.waitok.kmalloc.guard;
