/**
 * Who of several controllers works on what. Entry class: {@link
 * dev.bumpless.controller.lease.Leases}; whoever depends on its answer asks {@link
 * dev.bumpless.controller.lease.Turn}. Part of the heart: no library, no clock; the store comes in
 * through the seam.
 */
@NullMarked
package dev.bumpless.controller.lease;

import org.jspecify.annotations.NullMarked;
