package dev.waitok.lwkt;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A contract test that needs threads, locks or the clock of the JDK, or more steps than a
 * simulation is patient for; it says nothing of simulated dispatch.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface RealThreads {}
