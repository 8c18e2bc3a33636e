/**
 * The records that cross the wire, their topics and their JSON. Entry class: {@code MessageCodec}.
 * Used by both sides.
 */
@NullMarked
package dev.bumpless.protocol;

import org.jspecify.annotations.NullMarked;
