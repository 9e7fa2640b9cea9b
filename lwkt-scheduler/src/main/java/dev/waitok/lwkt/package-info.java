/**
 * LWKT: light weight kernel threads. A cooperative scheduler of virtual threads with cpus, fixed
 * priorities, interrupts that preempt, tokens, and a switch that always switches. {@link
 * dev.waitok.lwkt.Lwkt} is where to begin.
 *
 * <table>
 *   <caption>Who may call what</caption>
 *   <thead>
 *     <tr><th>caller</th><th>raise, schedule, wakeup, send</th><th>switchAway, sleep, token, join,
 *       blocking</th></tr>
 *   </thead>
 *   <tbody>
 *     <tr><td>hard section, spin lock, IPI function</td><td>yes</td>
 *       <td>{@link dev.waitok.lwkt.CannotBlockException}, always</td></tr>
 *     <tr><td>FAST interrupt</td><td>yes</td>
 *       <td>{@link dev.waitok.lwkt.MustBlock}: its handler runs again as a thread</td></tr>
 *     <tr><td>thread interrupt that preempts</td><td>yes</td>
 *       <td>yes, and its victim has the cpu back at once</td></tr>
 *     <tr><td>LWKT thread, also in a critical section</td><td>yes</td>
 *       <td>yes; the section is given up while off the cpu</td></tr>
 *     <tr><td>any other thread</td><td>yes</td><td>join and blocking only</td></tr>
 *   </tbody>
 * </table>
 */
package dev.waitok.lwkt;
