package dev.bumpless.agent.link;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.PullProgress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The newest progress of each app's pull, until it is sent. One thread owns it. */
final class PullBox {
  private final Map<AppName, PullProgress> newest = new TreeMap<>();

  void put(PullProgress progress) {
    newest.put(progress.app(), progress);
  }

  boolean isEmpty() {
    return newest.isEmpty();
  }

  List<PullProgress> takeAll() {
    List<PullProgress> all = List.copyOf(newest.values());
    newest.clear();
    return all;
  }
}
