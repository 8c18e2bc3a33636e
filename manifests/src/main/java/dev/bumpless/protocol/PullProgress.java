package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import java.util.UUID;

/** How far a pull is; sent at most once a second, never repeated, never stored. */
public record PullProgress(
    DeviceId device, AppName app, UUID order, String image, long doneBytes, long totalBytes) {}
