package dev.bumpless.controller;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.source.AppliedStore;
import dev.bumpless.controller.source.Source;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.controller.source.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sources that the configuration names.
 *
 * @param secrets of those that have a webhook
 */
record Followed(Sources sources, Map<SourceName, String> secrets) {

  /**
   * @param folder below which each has a folder for what it fetches
   * @throws IOException that names a file of secrets which cannot be used
   */
  static Followed open(
      List<SourceConfig> configs,
      Path folder,
      AppliedStore store,
      Rollouts rollouts,
      Fleet fleet,
      AuditLog audit)
      throws IOException {
    List<Source> sources = new ArrayList<>();
    Map<SourceName, String> secrets = new TreeMap<>();
    for (SourceConfig config : configs) {
      SourceName name = config.settings().name();
      sources.add(
          new Source(
              config.settings(),
              config.reader(folder.resolve(name.value())),
              store,
              rollouts,
              fleet,
              audit));
      config.secret().ifPresent(secret -> secrets.put(name, secret));
    }
    return new Followed(new Sources(sources), secrets);
  }
}
