/**
 * What an operator writes: an {@link dev.bumpless.manifest.App} and everything in it, immutable and
 * valid by construction. Entry class: {@code ManifestParser}. Used by every side.
 */
@NullMarked
package dev.bumpless.manifest;

import org.jspecify.annotations.NullMarked;
