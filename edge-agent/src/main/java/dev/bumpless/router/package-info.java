/**
 * The data path of a device: a process of its own, which owns every listening port and goes on when
 * the agent does not. {@link dev.bumpless.router.Main} is its entry, {@link
 * dev.bumpless.router.Router} the wiring. Nobody else imports these packages; the agent speaks to
 * the control socket.
 */
@NullMarked
package dev.bumpless.router;

import org.jspecify.annotations.NullMarked;
