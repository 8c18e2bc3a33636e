package dev.bumpless.controller.release;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.trust.Envelope;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where releases are kept, for good. Called by any thread. */
public interface ReleaseStore {

  /** Takes the next counter of an app; never gives one twice, not after a crash either. */
  long nextCounter(AppName app);

  void save(StoredRelease release);

  Optional<StoredRelease> find(ReleaseId id);

  /** What devices get of it. */
  Optional<Envelope> envelope(ReleaseId id);

  /** Newest first, at most {@code limit}. */
  List<StoredRelease> history(AppName app, int limit);

  /** Every app that has a release, by name. */
  Set<AppName> apps();

  default Optional<StoredRelease> newest(AppName app) {
    return history(app, 1).stream().findFirst();
  }
}
