/**
 * The program that copies an app's volumes from one slot to the other: small, with nothing but the
 * JDK, because it runs in a container beside the app, on the device's own Java, where no other
 * class of ours is needed. Entry: {@link dev.bumpless.mirror.Main}. The agent starts it and speaks
 * to it by its standard input and output.
 */
@org.jspecify.annotations.NullMarked
package dev.bumpless.mirror;
