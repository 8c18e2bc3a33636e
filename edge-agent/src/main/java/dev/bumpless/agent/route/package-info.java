/**
 * Speaks to the router over its control socket: {@link dev.bumpless.agent.route.RouterClient} is
 * the swap's {@code RouteControl}. Knows the socket's grammar ({@code docs/router.md}) and none of
 * the router's classes.
 */
@NullMarked
package dev.bumpless.agent.route;

import org.jspecify.annotations.NullMarked;
