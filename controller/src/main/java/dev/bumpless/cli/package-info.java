/**
 * The operator's hand: verbs as in kubectl. {@link dev.bumpless.cli.Main} wires them; each verb is
 * a class named after it. Everything goes through the REST API ({@code docs/rest.md}) by way of
 * {@link dev.bumpless.cli.Api}. {@code init} and {@code token} work on files of this machine, since
 * they make what the API is protected with (ADR 005); {@code rollout rehearse} and {@code audit
 * verify FILE} need no controller. Nobody else uses this package.
 */
@NullMarked
package dev.bumpless.cli;

import org.jspecify.annotations.NullMarked;
