/** Readiness of NIO channels, from a selector's thread to an interrupt of a cpu. */
package dev.waitok.lwkt.io;
