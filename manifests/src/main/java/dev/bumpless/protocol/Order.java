package dev.bumpless.protocol;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Opening;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An instruction to one device about one app; the payload that the order key signs. The newest
 * order for an app is what the device shall do with it, now and after every restart.
 *
 * @param id of the rollout that it belongs to
 * @param sequence only grows for a device; lower than the newest of that app is a replay
 * @param expires not obeyed when it arrives later; what was accepted before stands
 * @param terms on which it begins; empty: at once, but for update leases. An agent that does not
 *     know them refuses the order rather than begin on others. The same order said again with other
 *     terms goes on where it is
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

  /** The only one in which it may begin; empty: at any time. */
  public Optional<Opening> opening() {
    return terms.flatMap(Terms::opening);
  }

  /** Why it is taken back; empty where it stands. */
  public Optional<String> cancelled() {
    return terms.flatMap(Terms::cancelled);
  }

  public AppName app() {
    return action.app();
  }

  /**
   * When the device may touch what serves; at most one of the three.
   *
   * @param force whether it waits neither for update leases nor for a window
   * @param opening the device gets everything ready before, and begins inside or not at all; what
   *     has begun goes on to its end
   * @param cancelled it does not begin any more, and this is why, for a person; what had come as
   *     far as a flip goes on to its end
   */
  public record Terms(boolean force, Optional<Opening> opening, Optional<String> cancelled) {
    public static final Terms FORCED = new Terms(true, Optional.empty(), Optional.empty());

    public Terms {
      long said =
          Stream.of(force, opening.isPresent(), cancelled.isPresent()).filter(is -> is).count();
      if (said > 1) {
        throw new IllegalArgumentException(
            "the terms of an order are force, an opening or cancelled, one of them");
      }
    }

    public static Terms inside(Opening opening) {
      return new Terms(false, Optional.of(opening), Optional.empty());
    }

    public static Terms cancelled(String why) {
      return new Terms(false, Optional.empty(), Optional.of(why));
    }
  }

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
