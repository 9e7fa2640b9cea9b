/** JUnit Jupiter tests in simulations; see {@link dev.waitok.lwkt.test.LwktSimulation}. */
package dev.waitok.lwkt.test;
