/**
 * What is believed and why: DSSE envelopes with Ed25519, the keys of each role, and the floors that
 * only grow. Entry class: {@code Verifier}. JDK crypto only; used by both sides.
 */
@NullMarked
package dev.bumpless.trust;

import org.jspecify.annotations.NullMarked;
