package dev.waitok.examples.storm;

import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.trace.Trace;

/**
 * What all policies of a storm have in common.
 *
 * @param load the trace that ordinary threads replay
 * @param interrupts the trace whose requests the handlers serve
 * @param requests how many of them, from the first
 * @param arena bytes of the arena
 * @param rate how many times as fast as recorded the requests come
 * @param loads how many copies of the load run
 * @param cpus how many cpus take interrupts and run the load
 * @param dispatch how threads are dispatched
 */
record StormInput(
    Trace load,
    Trace interrupts,
    int requests,
    long arena,
    double rate,
    int loads,
    int cpus,
    DispatchOption dispatch) {}
