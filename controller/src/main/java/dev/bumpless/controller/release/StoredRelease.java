package dev.bumpless.controller.release;

import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.trust.Envelope;

/**
 * A release with its signature and where it came from.
 *
 * @param manifest the YAML of it, with tags as the operator wrote them
 * @param cause what was asked for, in the words of the CLI
 */
public record StoredRelease(
    Release release, Envelope envelope, String payloadSha256, String manifest, String cause) {
  public ReleaseId id() {
    return release.id();
  }
}
