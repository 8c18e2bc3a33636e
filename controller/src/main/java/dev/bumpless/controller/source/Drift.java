package dev.bumpless.controller.source;

import dev.bumpless.manifest.AppName;

/**
 * A device that does not run what its source says.
 *
 * @param wants a release, or {@code nothing}
 * @param runs a release, or what the device says instead
 * @param isUnderWay whether it is on its way there
 */
public record Drift(String device, AppName app, String wants, String runs, boolean isUnderWay) {
  static final String NOTHING = "nothing";
}
