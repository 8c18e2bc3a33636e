/**
 * When it is time for what is done again and again. Entry class: {@link
 * dev.bumpless.controller.time.Pace}. Part of the heart: no library, no clock of its own.
 */
@NullMarked
package dev.bumpless.controller.time;

import org.jspecify.annotations.NullMarked;
