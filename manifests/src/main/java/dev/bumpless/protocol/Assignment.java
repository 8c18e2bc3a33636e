package dev.bumpless.protocol;

import dev.bumpless.trust.Envelope;
import java.util.Optional;

/** An order on its way to a device, with the release that it names where it names one. */
public record Assignment(Envelope order, Optional<Envelope> release) {}
