/**
 * LWKT: light weight kernel threads. A cooperative scheduler of virtual threads with cpus, fixed
 * priorities, interrupts that preempt, tokens, and a switch that always switches.
 *
 * <p>{@link dev.waitok.lwkt.Lwkt} is where to begin.
 */
package dev.waitok.lwkt;
