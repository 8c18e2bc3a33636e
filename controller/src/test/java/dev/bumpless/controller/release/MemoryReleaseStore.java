package dev.bumpless.controller.release;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.trust.Envelope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@link ReleaseStore} that forgets. */
public final class MemoryReleaseStore implements ReleaseStore {
  private final Map<AppName, Long> counters = new HashMap<>();
  private final List<StoredRelease> releases = new ArrayList<>();

  @Override
  public synchronized long nextCounter(AppName app) {
    return counters.merge(app, 1L, Long::sum);
  }

  @Override
  public synchronized void save(StoredRelease release) {
    releases.add(release);
  }

  @Override
  public synchronized Optional<StoredRelease> find(ReleaseId id) {
    return releases.stream().filter(release -> release.id().equals(id)).findFirst();
  }

  @Override
  public Optional<Envelope> envelope(ReleaseId id) {
    return find(id).map(StoredRelease::envelope);
  }

  @Override
  public synchronized List<StoredRelease> history(AppName app, int limit) {
    return releases.stream()
        .filter(release -> release.id().app().equals(app))
        .sorted(Comparator.comparingLong((StoredRelease r) -> r.id().counter()).reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Set<AppName> apps() {
    Set<AppName> apps = new TreeSet<>();
    releases.forEach(release -> apps.add(release.id().app()));
    return apps;
  }
}
