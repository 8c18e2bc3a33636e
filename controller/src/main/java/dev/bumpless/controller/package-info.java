/**
 * The controller of a fleet. Entry class: {@link dev.bumpless.controller.Main}; {@link
 * dev.bumpless.controller.Controller} wires it from top to bottom. Inside: the heart ({@code
 * fleet}, {@code release}, {@code rollout}) and an adapter for each thing outside of it.
 */
@NullMarked
package dev.bumpless.controller;

import org.jspecify.annotations.NullMarked;
