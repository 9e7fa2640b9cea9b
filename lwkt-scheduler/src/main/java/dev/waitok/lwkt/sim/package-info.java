/**
 * Simulation: runs a program of LWKT threads, plain threads and allocators such that one thread
 * runs at a time, a clock moves only when all sleep, and every choice comes from a {@link
 * dev.waitok.lwkt.sim.Strategy}. What fails names a token; with the token it fails the same way
 * again. Begin at {@link dev.waitok.lwkt.sim.Simulation}.
 */
package dev.waitok.lwkt.sim;
