package dev.bumpless.manifest;

/** How strictly an app's containers are locked up. */
public enum SecurityPolicy {
  /** Docker's capabilities less those an app does not need; hardening is advice. */
  STANDARD,
  /** No capability but those in {@code capAdd}; the advice of {@link Lint} is an error. */
  STRICT
}
