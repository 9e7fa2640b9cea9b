/** Who had which cpu when, from a flight recording, for people to look at. */
@org.jspecify.annotations.NullMarked
package dev.waitok.examples.timeline;
