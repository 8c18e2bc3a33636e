/**
 * SQLite behind the store seams of {@code fleet}, {@code release}, {@code rollout} and {@code
 * audit}. Entry class: {@link dev.bumpless.controller.store.Database}. SQL stays plain enough for
 * PostgreSQL. Used by {@code Controller} alone.
 */
@NullMarked
package dev.bumpless.controller.store;

import org.jspecify.annotations.NullMarked;
