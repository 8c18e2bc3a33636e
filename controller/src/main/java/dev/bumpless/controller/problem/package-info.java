/**
 * What the controller answers where it cannot do as asked. Entry class: {@link
 * dev.bumpless.controller.problem.Problem}. Used by every package of the controller; the API alone
 * turns it into HTTP.
 */
@NullMarked
package dev.bumpless.controller.problem;

import org.jspecify.annotations.NullMarked;
