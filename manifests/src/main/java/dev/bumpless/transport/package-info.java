/**
 * MQTT 5 behind one seam. Entry class: {@link dev.bumpless.transport.MqttTransport}. Used by the
 * {@code link} packages of both sides.
 */
@NullMarked
package dev.bumpless.transport;

import org.jspecify.annotations.NullMarked;
