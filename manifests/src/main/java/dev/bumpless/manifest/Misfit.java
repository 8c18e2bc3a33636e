package dev.bumpless.manifest;

/**
 * Something in an app that does not fit the rest of it.
 *
 * @param path from the app, as {@code ports[1].container}
 */
record Misfit(String path, String message, String hint) {}
