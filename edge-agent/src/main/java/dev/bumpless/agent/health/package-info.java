/**
 * Whether an app answers: probes of a container on its own address, and a meter that asks through
 * the router's listeners as a client would. Entry classes: {@link
 * dev.bumpless.agent.health.ContainerProbe}, {@link dev.bumpless.agent.health.ListenerGapMeter};
 * built by {@code Device} alone. JDK only.
 */
@NullMarked
package dev.bumpless.agent.health;

import org.jspecify.annotations.NullMarked;
