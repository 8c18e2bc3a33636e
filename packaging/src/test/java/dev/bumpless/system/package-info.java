/**
 * The whole system as an operator has it: the tarball's own programs as processes of their own, a
 * registry, the engine of this machine. Entry class: {@link dev.bumpless.system.WholeSystem}. What
 * these tests see is what {@code docs/errors.md} tells.
 */
@NullMarked
package dev.bumpless.system;

import org.jspecify.annotations.NullMarked;
