/**
 * The socket by which the router is commanded: one line in, one answer out, by a person or by the
 * agent. {@link dev.bumpless.router.control.ControlSocket} is the entry; the grammar is told in
 * {@code docs/router.md}.
 */
@NullMarked
package dev.bumpless.router.control;

import org.jspecify.annotations.NullMarked;
