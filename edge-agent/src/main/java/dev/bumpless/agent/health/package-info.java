/**
 * Whether an app answers, and two versions of it alike: probes of a container on its own address, a
 * meter that asks through the router's listeners as a client would, and reads of both versions that
 * are held against each other. Entry classes: {@link dev.bumpless.agent.health.ContainerProbe},
 * {@link dev.bumpless.agent.health.ListenerGapMeter}, {@link
 * dev.bumpless.agent.health.ReadComparison}; built by {@code Device} alone. JDK only.
 */
@NullMarked
package dev.bumpless.agent.health;

import org.jspecify.annotations.NullMarked;
