package dev.bumpless.protocol;

import java.util.UUID;

/**
 * Whether a device is there: birth and will of one connection of one life of its agent, on one
 * topic. An offline word counts only against the boot that it names and its connections up to that
 * one, so a late will never marks a live device dead.
 *
 * @param connection of this life, 1 and up
 * @param reports how many this life had sent when it said this: a report up to that number, which
 *     may be heard later, tells nothing against it
 */
public record Presence(DeviceId device, UUID boot, long connection, boolean online, long reports) {}
