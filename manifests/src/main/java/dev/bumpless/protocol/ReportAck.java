package dev.bumpless.protocol;

import java.util.UUID;

/** The controller has stored the report of that number of that boot. */
public record ReportAck(UUID boot, long number) {}
