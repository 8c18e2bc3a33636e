package dev.bumpless.controller.store;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Leases;
import java.time.Duration;
import java.util.Optional;

/**
 * Leases in SQL. On PostgreSQL, which alone is shared, to take one waits for no writer, so that a
 * long transaction of one controller costs another nothing; it waits for those that asked in their
 * transaction whether it is held.
 */
public final class SqlLeases implements Leases {
  private final Database database;
  private final String now;

  public SqlLeases(Database database) {
    this.database = database;
    this.now = database.dialect().nowMillis();
  }

  @Override
  public Optional<Lease> take(String name, String owner, Duration length) {
    return database.single(
        h ->
            h.createQuery(
                    "INSERT INTO lease (name, owner, term, until) VALUES (:name, :owner, 1, "
                        + now
                        + " + :length) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner,"
                        + " until = excluded.until, term = lease.term"
                        + " + CASE WHEN lease.owner = excluded.owner AND lease.until > "
                        + now
                        + " THEN 0 ELSE 1 END WHERE lease.owner = excluded.owner OR lease.until <= "
                        + now
                        + " RETURNING term")
                .bind("name", name)
                .bind("owner", owner)
                .bind("length", length.toMillis())
                .mapTo(Long.class)
                .findOne()
                .map(term -> new Lease(name, owner, term)));
  }

  @Override
  public boolean isHeld(Lease lease) {
    return database.read(
        h ->
            h.createQuery(
                    "SELECT term FROM lease WHERE name = ? AND owner = ? AND term = ? AND until > "
                        + now
                        + database.dialect().keepingRow())
                .bind(0, lease.name())
                .bind(1, lease.owner())
                .bind(2, lease.term())
                .mapTo(Long.class)
                .findOne()
                .isPresent());
  }

  @Override
  public void release(Lease lease) {
    database.single(
        h ->
            h.execute(
                "UPDATE lease SET until = 0 WHERE name = ? AND owner = ? AND term = ?",
                lease.name(),
                lease.owner(),
                lease.term()));
  }
}
