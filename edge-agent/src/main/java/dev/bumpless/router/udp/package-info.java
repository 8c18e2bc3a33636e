/**
 * Datagrams of clients go to an instance and its answers back; what a client sends from one port is
 * a flow. {@link dev.bumpless.router.udp.UdpFront} is the entry.
 */
@NullMarked
package dev.bumpless.router.udp;

import org.jspecify.annotations.NullMarked;
