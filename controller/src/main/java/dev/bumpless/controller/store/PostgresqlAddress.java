package dev.bumpless.controller.store;

import java.util.Optional;

/**
 * Where a PostgreSQL database is, and who asks.
 *
 * @param url {@code jdbc:postgresql://HOST[:PORT][,HOST…]/DATABASE[?sslmode=verify-full&…]},
 *     without a password
 */
public record PostgresqlAddress(String url, Optional<String> user, Optional<String> password) {
  private static final String SCHEME = "jdbc:postgresql://";

  public PostgresqlAddress {
    if (!url.startsWith(SCHEME)) {
      throw new IllegalArgumentException("'" + url + "': expected " + SCHEME + "HOST/DATABASE");
    }
    if (url.matches(".*[?&]password=.*")) {
      throw new IllegalArgumentException("a password does not belong into the url: give a file");
    }
  }

  /** Without the password, for logs. */
  @Override
  public String toString() {
    return url;
  }
}
