/**
 * The cpu: who runs, who is next, what interrupts whom. It does not know how control is handed over
 * (that is the room below) nor what threads wait for (the room above).
 */
package dev.waitok.lwkt.sched;
