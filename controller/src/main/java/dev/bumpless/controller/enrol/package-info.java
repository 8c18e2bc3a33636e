/**
 * Keys and certificates: makes the trust directory ({@code bumpless init}) and reads the
 * controller's part of it. Entry classes: {@link dev.bumpless.controller.enrol.Init} for the
 * operator, {@link dev.bumpless.controller.enrol.TrustDirectory} for {@code Controller}. Bouncy
 * Castle makes the certificates and is used nowhere else.
 */
@NullMarked
package dev.bumpless.controller.enrol;

import org.jspecify.annotations.NullMarked;
