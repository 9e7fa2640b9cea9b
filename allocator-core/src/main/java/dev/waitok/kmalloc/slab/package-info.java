/** Size classes, zones, their owners, and the types' accounts. */
package dev.waitok.kmalloc.slab;
