package dev.bumpless.controller.source;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.Optional;

/**
 * What was applied last of one thing that a source asks for.
 *
 * @param unit its {@link Unit#key}
 * @param fingerprint of what it asked for then
 * @param revision that asked for it
 * @param release what it became; empty where devices got different ones
 */
public record Applied(
    SourceName source,
    String unit,
    String fingerprint,
    String revision,
    AppName app,
    Optional<ReleaseId> release,
    Instant at) {}
