/**
 * What threads wait for: permits, sleep queues, tokens, spin locks, the end of a thread. Built on
 * the cpu's block and schedule alone.
 */
package dev.waitok.lwkt.sync;
