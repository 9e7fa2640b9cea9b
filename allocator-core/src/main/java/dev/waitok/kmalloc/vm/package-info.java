/**
 * Page queues, the decision what a request may take, objects with pages that can be read again, and
 * pageout.
 */
package dev.waitok.kmalloc.vm;
