/**
 * Update leases: how an app or a person on this device asks that nothing is swapped for a while.
 * {@link dev.bumpless.agent.lease.LeaseDesk} knows them and is the reconciler's seam, {@link
 * dev.bumpless.agent.lease.LeaseDoors} are the sockets where they are asked for, and {@link
 * dev.bumpless.agent.lease.LeaseCommand} is a person's way there. Used by the wiring alone.
 */
@NullMarked
package dev.bumpless.agent.lease;

import org.jspecify.annotations.NullMarked;
