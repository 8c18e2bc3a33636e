/**
 * Thousands of devices on one machine: the agent's heart, journal and link as they are, the real
 * broker and controller, and in place of engine and router what a seed says.
 */
@NullMarked
package dev.bumpless.simulator;

import org.jspecify.annotations.NullMarked;
