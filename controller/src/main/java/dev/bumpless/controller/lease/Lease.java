package dev.bumpless.controller.lease;

/**
 * The right to work on something, held by one controller.
 *
 * @param name what is worked on
 * @param owner the controller that holds it
 * @param term grows with each change of hands, so that what was said in an older one can be told
 */
public record Lease(String name, String owner, long term) {}
