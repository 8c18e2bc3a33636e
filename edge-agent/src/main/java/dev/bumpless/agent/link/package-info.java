/**
 * The controller, as the device sees it: one MQTT connection that is kept up, orders that are
 * believed and kept, reports that are repeated until they are stored, and logs on request. Entry
 * class: {@link dev.bumpless.agent.link.ControllerLink}. Used by the wiring alone.
 */
@NullMarked
package dev.bumpless.agent.link;

import org.jspecify.annotations.NullMarked;
