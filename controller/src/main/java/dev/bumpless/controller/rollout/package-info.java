/**
 * A release travelling through the fleet. Entry class: {@link
 * dev.bumpless.controller.rollout.Rollouts}; what happens next is decided by the pure {@link
 * dev.bumpless.controller.rollout.RolloutPlanner}. Part of the controller's heart: the store and
 * the way to the devices come in through seams.
 */
@NullMarked
package dev.bumpless.controller.rollout;

import org.jspecify.annotations.NullMarked;
