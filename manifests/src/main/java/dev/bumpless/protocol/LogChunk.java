package dev.bumpless.protocol;

import java.util.UUID;

/**
 * A piece of an answer to a {@link LogQuery}, at most 64 KiB of text.
 *
 * @param number 0 and up without a hole; a hole means that lines were lost
 * @param last nothing follows; {@code error} is not empty where that is a failure
 */
public record LogChunk(UUID query, int number, String text, boolean last, String error) {}
