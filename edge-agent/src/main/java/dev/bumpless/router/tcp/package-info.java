/**
 * Opaque relay: bytes of a client go to an instance and back. {@link
 * dev.bumpless.router.tcp.TcpFront} is the entry.
 */
@NullMarked
package dev.bumpless.router.tcp;

import org.jspecify.annotations.NullMarked;
