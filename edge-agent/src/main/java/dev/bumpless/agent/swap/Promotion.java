package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.UpgradePolicy.Overlap;
import java.util.Optional;

/** An app of overlap standby starts passive: whoever serves has to be told to act. Pure. */
final class Promotion {
  private Promotion() {}

  /**
   * Has an instance that serves act, if it was started since its hooks ran last, or if it is not
   * known whether they did.
   */
  static Optional<Step> due(ObservedApp seen, App app, InstanceKey key) {
    boolean isPassive =
        app.upgrade().overlap() == Overlap.STANDBY
            && !app.upgrade().promote().isEmpty()
            && seen.runs(key)
            && seen.entry().promoted().filter(Lives.of(seen.of(key))::equals).isEmpty();
    return isPassive
        ? Optional.of(new Step.Promote(key, app.upgrade().promote()))
        : Optional.empty();
  }
}
