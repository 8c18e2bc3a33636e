/**
 * REST and the dashboard: docs/rest.md is the contract. Entry class: {@link
 * dev.bumpless.controller.api.RestServer}. Javalin and Jackson are used here and nowhere else in
 * the controller. Used by {@code Main} alone.
 */
@NullMarked
package dev.bumpless.controller.api;

import org.jspecify.annotations.NullMarked;
