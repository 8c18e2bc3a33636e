/**
 * Carries the coils and holding registers of the instance that serves to the other one, and keeps
 * the other in step: before a flip, and after it in the other direction. {@link
 * dev.bumpless.router.modbus.state.StateCopies} is the entry, a {@link
 * dev.bumpless.router.modbus.state.StateCopy} what one app has. Nothing of it is kept on disk: a
 * router that was restarted knows of no copy.
 */
@NullMarked
package dev.bumpless.router.modbus.state;

import org.jspecify.annotations.NullMarked;
