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

/**
 * The database that holds everything the controller knows, a file of SQLite or a PostgreSQL server.
 * What was committed is on the disk, so that a sequence or counter that was given out is never
 * given again.
 *
 * <h2>Concurrency</h2>
 *
 * Any thread may call. There is one writer at a time, on PostgreSQL too and over all controllers:
 * whatever a transaction reads stays true until it ends, and no two ever deadlock. Writers of this
 * process queue on a lock, fairly, and only the first of them asks the database. A transaction
 * belongs to the thread that began it: every store call inside it, of whichever store, is part of
 * it.
 */
public final class Database implements AutoCloseable {
  private final Dialect dialect;
  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final ReentrantLock writer = new ReentrantLock(true);

  @SuppressWarnings("ThreadLocalUsage") // one for each database, of which tests open several
  private final ThreadLocal<Handle> current = new ThreadLocal<>();

  private Database(Dialect dialect, HikariDataSource pool) {
    this.dialect = dialect;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /** Opens the file of SQLite, making or migrating it where needed. */
  public static Database open(Path file) {
    return open(new Sqlite(file));
  }

  /** Opens the database on a PostgreSQL server, which has to be there, and migrates it. */
  public static Database open(PostgresqlAddress address) {
    return open(new Postgresql(address));
  }

  private static Database open(Dialect dialect) {
    HikariConfig config = dialect.pool();
    config.setPoolName("store");
    HikariDataSource pool = new HikariDataSource(config);
    try {
      dialect.migrations(Flyway.configure().dataSource(pool)).load().migrate();
      return new Database(dialect, pool);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  Dialect dialect() {
    return dialect;
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

  /**
   * A single statement on a connection of its own, never part of the thread's transaction, so not
   * to be called inside one. On PostgreSQL it waits for no writer.
   */
  <T> T single(Function<Handle, T> statement) {
    return jdbi.withHandle(statement::apply);
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
            dialect.becomeWriter(handle);
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
