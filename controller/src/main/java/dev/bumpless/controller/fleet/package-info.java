/**
 * Who the devices are and what they say of themselves. Entry class: {@link
 * dev.bumpless.controller.fleet.Fleet}. Part of the controller's heart: no library, no network, no
 * files, no clock; the store, the broker link and the trust directory come in through the seams
 * {@link dev.bumpless.controller.fleet.FleetStore} and {@link
 * dev.bumpless.controller.fleet.Enrolment}.
 */
@NullMarked
package dev.bumpless.controller.fleet;

import org.jspecify.annotations.NullMarked;
