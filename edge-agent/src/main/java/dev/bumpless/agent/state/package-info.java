/**
 * Carries an app's state from one version to the other where the router does not: by commands in
 * containers, by HTTP on the bridge, and in volumes; runs the hooks of a hold. Entry: {@link
 * dev.bumpless.agent.state.StateTransfers}; a {@code KindOfState} for each kind of state. Used by
 * the wiring alone.
 */
@org.jspecify.annotations.NullMarked
package dev.bumpless.agent.state;
