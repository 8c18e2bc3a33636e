/**
 * The devices over MQTT: orders out, reports in. Entry class: {@link
 * dev.bumpless.controller.link.MqttDeviceLink}. Used by {@code Controller} alone.
 */
@NullMarked
package dev.bumpless.controller.link;

import org.jspecify.annotations.NullMarked;
