package dev.bumpless.controller.store;

import com.zaxxer.hikari.HikariConfig;
import java.util.Map;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server, for several controllers at once. They write one after the other, as SQLite's
 * writers do: an advisory lock of the transaction keeps the rest waiting, and is gone with the
 * connection of whoever dies.
 */
record Postgresql(PostgresqlAddress address) implements Dialect {
  private static final int CONNECTIONS = 8;
  private static final int CONNECT_SECONDS = 5;
  private static final int POOL_MILLIS = 10_000;

  /** Longer than any statement of ours takes; a server that is gone without a word is given up. */
  private static final int SOCKET_SECONDS = 60;

  /**
   * A writer whose process hangs is thrown out, so that the others wait for 10 s at most and not
   * for ever.
   */
  private static final String SESSION =
      "-c idle_in_transaction_session_timeout=10s -c lock_timeout=30s -c synchronous_commit=on";

  /** Of no meaning but to be ours: "bumpless" in hexadecimal. */
  private static final long WRITER = 0x62756d706c657373L;

  @Override
  public HikariConfig pool() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(address.url());
    address.user().ifPresent(source::setUser);
    address.password().ifPresent(source::setPassword);
    source.setOptions(SESSION);
    source.setApplicationName("bumpless-controller");
    source.setConnectTimeout(CONNECT_SECONDS);
    source.setLoginTimeout(CONNECT_SECONDS);
    source.setSocketTimeout(SOCKET_SECONDS);
    source.setTcpKeepAlive(true);
    HikariConfig hikari = new HikariConfig();
    hikari.setDataSource(source);
    hikari.setMaximumPoolSize(CONNECTIONS);
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(POOL_MILLIS);
    return hikari;
  }

  @Override
  public FluentConfiguration migrations(FluentConfiguration flyway) {
    // A lock of the session: one of a transaction would idle in it and be thrown out.
    flyway.configuration(Map.of("flyway.postgresql.transactional.lock", "false"));
    return flyway.locations("db/postgresql", COMMON_MIGRATIONS);
  }

  @Override
  public void becomeWriter(Handle transaction) {
    transaction
        .createQuery("SELECT pg_advisory_xact_lock(?) IS NULL")
        .bind(0, WRITER)
        .mapTo(Boolean.class)
        .one();
  }

  @Override
  public String keepingRow() {
    return " FOR SHARE";
  }

  @Override
  public String nowMillis() {
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
  }
}
