/** Memory from the system, and sets of pages. Knows nothing of what the pages hold. */
package dev.waitok.kmalloc.arena;
