/**
 * Who of several controllers works on what. Entry class: {@link
 * dev.bumpless.controller.lease.Leases}. Part of the heart: no library, no clock; the store comes
 * in through the seam.
 */
@NullMarked
package dev.bumpless.controller.lease;

import org.jspecify.annotations.NullMarked;
