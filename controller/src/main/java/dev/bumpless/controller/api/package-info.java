/**
 * REST: docs/rest.md is the contract. Entry class: {@link dev.bumpless.controller.api.RestServer}.
 * Javalin is used here and nowhere else. Used by {@code Controller} alone.
 */
@NullMarked
package dev.bumpless.controller.api;

import org.jspecify.annotations.NullMarked;
