/**
 * The heart of the agent: what shall run, what is observed, and the steps between them. {@link
 * dev.bumpless.agent.swap.SwapPlanner} decides and touches nothing; {@link
 * dev.bumpless.agent.swap.Reconciler} performs its steps through the seams that this package owns.
 * No library, no network, no file and no clock is used in here.
 */
@NullMarked
package dev.bumpless.agent.swap;

import org.jspecify.annotations.NullMarked;
