/**
 * What may run: an app whose images were resolved once to digests, counted and signed. Entry class:
 * {@link dev.bumpless.controller.release.ReleaseService}. Part of the controller's heart: the
 * registry, the keys and the store come in through seams.
 */
@NullMarked
package dev.bumpless.controller.release;

import org.jspecify.annotations.NullMarked;
