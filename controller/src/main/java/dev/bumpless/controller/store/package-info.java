/**
 * SQLite and PostgreSQL behind the store seams of {@code fleet}, {@code release}, {@code rollout},
 * {@code audit}, {@code source} and {@code lease}. Entry class: {@link
 * dev.bumpless.controller.store.Database}. What the two do differently is in {@code Dialect}. Used
 * by {@code Controller} alone.
 */
@NullMarked
package dev.bumpless.controller.store;

import org.jspecify.annotations.NullMarked;
