package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An instruction to one device about one app; the payload that the order key signs. The newest
 * order for an app is what the device shall do with it, now and after every restart.
 *
 * @param id of the rollout that it belongs to
 * @param sequence only grows for a device; lower than the newest of that app is a replay
 * @param expires not obeyed when it arrives later; what was accepted before stands
 * @param terms on which it begins; empty: at once, but for update leases. An agent that does not
 *     know them refuses the order rather than begin on others
 */
public record Order(
    UUID id,
    DeviceId device,
    long sequence,
    Instant issuedAt,
    Instant expires,
    Action action,
    Optional<Terms> terms) {

  /** One that begins at once. */
  public Order(
      UUID id, DeviceId device, long sequence, Instant issuedAt, Instant expires, Action action) {
    this(id, device, sequence, issuedAt, expires, action, Optional.empty());
  }

  /** Whether it waits for nobody. */
  public boolean waitsForNobody() {
    return terms.filter(Terms::force).isPresent();
  }

  public AppName app() {
    return action.app();
  }

  /**
   * When the device may touch what serves.
   *
   * @param force whether it does not wait for update leases
   */
  public record Terms(boolean force) {}

  /** What to do: the closed set. */
  public sealed interface Action {
    AppName app();
  }

  /**
   * Run this revision; the envelope of the release travels beside the order.
   *
   * @param releaseSha256 hex digest of the release's payload bytes, so that the two agree
   */
  public record Run(Revision revision, String releaseSha256) implements Action {
    @Override
    public AppName app() {
      return revision.release().app();
    }
  }

  /** Stop the containers of the serving slot; the routes answer that the app is stopped. */
  public record Stop(AppName app) implements Action {}

  /** Remove containers, networks and routes; named volumes stay. */
  public record Delete(AppName app) implements Action {}
}
