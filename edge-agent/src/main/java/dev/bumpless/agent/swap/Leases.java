package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import java.time.Instant;
import java.util.Optional;

/**
 * Update leases: who on this device asks that an app is left as it is for a while. A lease is asked
 * for by any thread at any time, so a look at it is worth nothing a moment later: a swap closes the
 * door first, and while that is closed nobody is given one.
 *
 * <p>All methods are safe for any thread, return at once and never throw.
 */
public interface Leases {

  /** What keeps this app as it is; of several, that which ends last. */
  Optional<Lease> on(AppName app);

  /**
   * From now on nobody is given a lease on the app, until {@link #open}. Closing what is closed is
   * fine.
   *
   * @param evenSo whether it is closed although somebody has a lease, which is kept
   * @return false, with nothing changed, where somebody has one
   */
  boolean close(AppName app, boolean evenSo);

  /** Leases are given again; fine where they are. */
  void open(AppName app);

  /**
   * A lease.
   *
   * @param endsAt steady
   */
  record Lease(String owner, String reason, Instant endsAt) {}
}
