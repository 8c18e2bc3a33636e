package dev.bumpless.manifest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a rollout brings, as its key {@code app} says: the closed set. */
public sealed interface RolloutSource {
  /** The forms, as one pattern. */
  String PATTERN =
      "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(@[1-9][0-9]{0,17})?|[A-Za-z0-9][A-Za-z0-9._-]*\\.ya?ml";

  /** Reads {@code node-red}, {@code node-red@7} or {@code node-red.yaml}. */
  static RolloutSource parse(String text) {
    if (text.endsWith(".yaml") || text.endsWith(".yml")) {
      return new Beside(text);
    }
    Matcher release = Pattern.compile("(.*)@([0-9]+)").matcher(text);
    return release.matches()
        ? new Numbered(new AppName(release.group(1)), Long.parseLong(release.group(2)))
        : new Newest(new AppName(text));
  }

  /** The newest release of an app. */
  record Newest(AppName app) implements RolloutSource {
    @Override
    public String toString() {
      return app.value();
    }
  }

  /** One release of an app. */
  record Numbered(AppName app, long counter) implements RolloutSource {
    @Override
    public String toString() {
      return app + "@" + counter;
    }
  }

  /** What the manifest of an app says that lies beside that of the rollout. */
  record Beside(String file) implements RolloutSource {
    @Override
    public String toString() {
      return file;
    }
  }
}
