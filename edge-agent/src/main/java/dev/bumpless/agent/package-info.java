/**
 * The agent as a program: its configuration, and the one place where everything is put together.
 * Entry class: {@link dev.bumpless.agent.Main}.
 */
@NullMarked
package dev.bumpless.agent;

import org.jspecify.annotations.NullMarked;
