/**
 * HTTP as the agent speaks it to the containers of this device: one request on a connection of its
 * own, with one deadline for all of it and a limit on everything that is read. Entry: {@link
 * dev.bumpless.agent.http.Exchange}. Used by the adapters that ask containers. JDK only.
 */
@org.jspecify.annotations.NullMarked
package dev.bumpless.agent.http;
