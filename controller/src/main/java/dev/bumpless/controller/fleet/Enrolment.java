package dev.bumpless.controller.fleet;

import dev.bumpless.protocol.DeviceId;
import java.util.Set;

/** Who holds a certificate. Asked on every look at the fleet, so it must answer in microseconds. */
public interface Enrolment {
  Set<DeviceId> enrolled();
}
