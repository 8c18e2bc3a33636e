/**
 * The operator's hand: verbs as in kubectl. {@link dev.bumpless.cli.Main} wires them; each verb is
 * a class named after it. Everything goes through the REST API ({@code docs/rest.md}) by way of
 * {@link dev.bumpless.cli.Api}; {@code init} alone works on this machine, since it makes the keys
 * that the API is protected with (ADR 005). Nobody else uses this package.
 */
@NullMarked
package dev.bumpless.cli;

import org.jspecify.annotations.NullMarked;
