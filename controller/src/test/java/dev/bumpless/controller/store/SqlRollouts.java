package dev.bumpless.controller.store;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.FakeRegistry;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.OrderBook;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import java.util.Set;

/** Rollouts to device {@code dev-1} that are kept in a database. */
final class SqlRollouts {
  private SqlRollouts() {}

  static Rollouts on(Database database, AuditLog audit) {
    MessageCodec codec = new MessageCodec(new SomeApps());
    RecordText records = new RecordText(codec);
    FakeKeys keys = new FakeKeys(codec);
    SqlReleaseStore releases = new SqlReleaseStore(database, records);
    SqlOrderStore orders = new SqlOrderStore(database, records);
    return new Rollouts(
        new SqlRolloutStore(database, records),
        orders,
        new OrderBook(orders, releases, keys),
        new ReleaseService(releases, new FakeRegistry(), keys, new SomeApps()),
        new Fleet(new SqlFleetStore(database, records), () -> Set.of(new DeviceId("dev-1"))),
        audit);
  }
}
