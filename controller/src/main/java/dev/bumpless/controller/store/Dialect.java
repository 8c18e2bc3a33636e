package dev.bumpless.controller.store;

import com.zaxxer.hikari.HikariConfig;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;

/**
 * All that SQLite and PostgreSQL do differently. Everything else is SQL that both understand:
 * {@code BIGINT}, {@code TEXT}, {@code BOOLEAN} with {@code NOT}, {@code ON CONFLICT}, {@code
 * RETURNING}. A migration for both is in {@code db/migration}; where they part, each has one of
 * that version in its own folder.
 */
interface Dialect {
  /** What is written in {@code db/migration} is understood by both. */
  String COMMON_MIGRATIONS = "db/migration";

  /** How connections are made and kept. */
  HikariConfig pool();

  /** Adds where the migrations are, and how several controllers wait for each other meanwhile. */
  FluentConfiguration migrations(FluentConfiguration flyway);

  /**
   * First in each transaction that writes: returns when nobody else writes, in whichever process,
   * until the transaction ends.
   */
  void becomeWriter(Handle transaction);

  /**
   * End of a question in a transaction that keeps others from changing that row until it ends,
   * where they could.
   */
  String keepingRow();

  /** Expression for the database's clock, in milliseconds since 1970. */
  String nowMillis();
}
