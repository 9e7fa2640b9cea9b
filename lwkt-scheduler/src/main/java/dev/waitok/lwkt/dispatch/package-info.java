/**
 * The lowest room: how one thread of control is handed the cpu by another. It knows no priorities,
 * no queues and no interrupts; whoever decides who is next sits above and is asked through {@link
 * dev.waitok.lwkt.dispatch.SeatClient}.
 */
package dev.waitok.lwkt.dispatch;
