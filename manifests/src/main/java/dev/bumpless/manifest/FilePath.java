package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;

/**
 * Absolute Linux paths in their one spelling, so that rules about paths cannot be walked around.
 */
final class FilePath {
  private static final String NORMAL = "/|(/[^/:\\x00-\\x1f]+)+";

  private FilePath() {}

  static void check(String path) {
    boolean dots = ("/" + path + "/").contains("/../") || ("/" + path + "/").contains("/./");
    InvalidManifestException.check(
        path.length() <= Limits.PATH_LENGTH && !dots && path.matches(NORMAL),
        "%s is no absolute path: it starts with '/', ends without, and has no '//', '.', '..' or"
            + " ':' in it",
        Problem.quote(path));
  }
}
