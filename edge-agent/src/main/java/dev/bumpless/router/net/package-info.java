/**
 * Sockets without protocols: the event loops, the listeners, and the connections of clients that
 * are open. {@link dev.bumpless.router.net.Front} is what a protocol implements.
 */
@NullMarked
package dev.bumpless.router.net;

import org.jspecify.annotations.NullMarked;
