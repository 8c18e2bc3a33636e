package dev.bumpless.controller.store;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** An action as columns: {@code action}, and for a run what it runs. */
final class ActionColumns {
  private static final String RUN = "run";
  private static final String STOP = "stop";
  private static final String DELETE = "delete";

  private ActionColumns() {}

  static String kind(Order.Action action) {
    if (action instanceof Order.Run) {
      return RUN;
    }
    return action instanceof Order.Stop ? STOP : DELETE;
  }

  static @Nullable Long counter(Order.Action action) {
    return action instanceof Order.Run run ? run.revision().release().counter() : null;
  }

  static @Nullable Integer attempt(Order.Action action) {
    return action instanceof Order.Run run ? run.revision().attempt() : null;
  }

  static @Nullable String payloadSha256(Order.Action action) {
    return action instanceof Order.Run run ? run.releaseSha256() : null;
  }

  /** From a row that has the column {@code app} too. */
  static Order.Action read(ResultSet row) throws SQLException {
    AppName app = new AppName(row.getString("app"));
    String kind = row.getString("action");
    return switch (kind) {
      case RUN ->
          new Order.Run(
              new Revision(new ReleaseId(app, row.getLong("counter")), row.getInt("attempt")),
              row.getString("payload_sha256"));
      case STOP -> new Order.Stop(app);
      case DELETE -> new Order.Delete(app);
      default -> throw new IllegalStateException("the store holds an action '" + kind + "'");
    };
  }
}
