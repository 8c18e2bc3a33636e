/**
 * Registries after the OCI distribution specification 1.1. Entry class: {@link
 * dev.bumpless.controller.registry.RegistryResolver}. JDK HTTP client; used by {@code Controller}
 * alone.
 */
@NullMarked
package dev.bumpless.controller.registry;

import org.jspecify.annotations.NullMarked;
