/**
 * The broker inside the controller: HiveMQ CE, in memory, TLS with client certificates, rights
 * derived from the certificate. Entry class: {@link dev.bumpless.controller.broker.EmbeddedBroker}.
 * Used by {@code Controller} alone; with an external broker nothing of it is loaded.
 */
@NullMarked
package dev.bumpless.controller.broker;

import org.jspecify.annotations.NullMarked;
