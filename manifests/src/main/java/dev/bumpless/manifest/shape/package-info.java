/**
 * The description of a manifest's keys, said once: from it come the reader with its errors, the
 * canonical text, the JSON Schema and the reference page, so that they cannot drift apart. Entry
 * class: {@link dev.bumpless.manifest.shape.Shape}. Used by {@code dev.bumpless.manifest}; knows
 * nothing of apps.
 */
@NullMarked
package dev.bumpless.manifest.shape;

import org.jspecify.annotations.NullMarked;
