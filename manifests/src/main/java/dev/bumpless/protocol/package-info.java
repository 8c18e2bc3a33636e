/**
 * The records that cross the wire, their topics and their JSON. Entry class: {@code MessageCodec}.
 * Used by both sides. Beside it {@code JsonFields}, for JSON that is not ours: Jackson is imported
 * nowhere else.
 */
@NullMarked
package dev.bumpless.protocol;

import org.jspecify.annotations.NullMarked;
