/**
 * The router as its clients, its instances and its agent see it: real sockets on loopback, clients
 * and servers of the plain JDK. {@link dev.bumpless.router.RunningRouter} is what tests start with.
 */
package dev.bumpless.router;
