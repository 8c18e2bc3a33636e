package dev.bumpless.controller.api;

import dev.bumpless.manifest.App;

/** From what an operator wrote to an app. */
public interface ManifestReader {

  /**
   * @throws dev.bumpless.controller.problem.ProblemException INVALID_MANIFEST with every place that
   *     is wrong
   */
  App read(String yaml);
}
