/**
 * A world in which one thread of control runs at a time and somebody else chooses which: the engine
 * under simulated dispatch. It knows nothing of cpus and priorities.
 */
package dev.waitok.lwkt.world;
