package dev.bumpless.controller.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/**
 * The one file that holds everything the controller knows: WAL, fsynced at each commit
 * (synchronous=FULL), so that a sequence or counter that was given out is never given again.
 *
 * <h2>Concurrency</h2>
 *
 * Any thread may call. SQLite has one writer at a time; writers of this process queue on a lock
 * instead of on SQLite's busy timer. A transaction belongs to the thread that began it: every store
 * call inside it, of whichever store, is part of it.
 */
public final class Database implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final int BUSY_MILLIS = 10_000;

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final ReentrantLock writer = new ReentrantLock(true);

  @SuppressWarnings("ThreadLocalUsage") // one for each database, of which tests open several
  private final ThreadLocal<Handle> current = new ThreadLocal<>();

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /** Opens the file, making or migrating it where needed. */
  public static Database open(Path file) {
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
    hikari.setPoolName("store");
    HikariDataSource pool = new HikariDataSource(hikari);
    try {
      Flyway.configure().dataSource(pool).locations("db/sqlite", "db/migration").load().migrate();
      return new Database(pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  /** Runs reads, in the thread's transaction where it has one. */
  <T> T read(Function<Handle, T> work) {
    Handle open = current.get();
    return open != null ? work.apply(open) : jdbi.withHandle(work::apply);
  }

  /** Runs writes in a transaction, the thread's own where it has one. */
  <T> T write(Function<Handle, T> work) {
    Handle open = current.get();
    return open != null ? work.apply(open) : begin(work);
  }

  /** Does all of the work or nothing. */
  public <T> T inTransaction(Supplier<T> work) {
    return write(handle -> work.get());
  }

  private <T> T begin(Function<Handle, T> work) {
    writer.lock();
    try {
      return jdbi.inTransaction(
          handle -> {
            current.set(handle);
            try {
              return work.apply(handle);
            } finally {
              current.remove();
            }
          });
    } finally {
      writer.unlock();
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
