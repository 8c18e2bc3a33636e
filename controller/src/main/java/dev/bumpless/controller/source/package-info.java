/**
 * Manifests that are followed: a directory or a branch of a git repository says what the fleet
 * shall run. Entry class: {@link dev.bumpless.controller.source.Source}, one for each place that is
 * followed. Part of the controller's heart: how such a place is read comes in through the seam
 * {@link dev.bumpless.controller.source.SourceReader}, what was applied is kept behind {@link
 * dev.bumpless.controller.source.AppliedStore}.
 */
@NullMarked
package dev.bumpless.controller.source;

import org.jspecify.annotations.NullMarked;
