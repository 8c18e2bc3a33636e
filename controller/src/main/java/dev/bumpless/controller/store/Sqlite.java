package dev.bumpless.controller.store;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** One file, WAL, fsynced at each commit (synchronous=FULL); one writer by its nature. */
record Sqlite(Path file) implements Dialect {
  private static final int CONNECTIONS = 8;
  private static final int BUSY_MILLIS = 10_000;

  @Override
  public HikariConfig pool() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    HikariConfig hikari = new HikariConfig();
    hikari.setDataSource(source);
    hikari.setMaximumPoolSize(CONNECTIONS);
    hikari.setMinimumIdle(1);
    return hikari;
  }

  @Override
  public FluentConfiguration migrations(FluentConfiguration flyway) {
    return flyway.locations("db/sqlite", COMMON_MIGRATIONS);
  }

  @Override
  public void becomeWriter(Handle transaction) {
    // it is since BEGIN IMMEDIATE
  }

  @Override
  public String keepingRow() {
    return "";
  }

  @Override
  public String nowMillis() {
    return "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  }
}
