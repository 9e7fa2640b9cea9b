/** A checker of class files for programs that use kmalloc and LWKT. */
@org.jspecify.annotations.NullMarked
package dev.waitok.audit;
