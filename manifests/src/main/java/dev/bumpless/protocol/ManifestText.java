package dev.bumpless.protocol;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import dev.bumpless.manifest.ManifestWriter;

/** An app inside a release: the canonical YAML of its manifest. What both sides use. */
public final class ManifestText implements MessageCodec.AppText {
  @Override
  public String write(App app) {
    return ManifestWriter.toYaml(app);
  }

  @Override
  public App parse(String text) {
    return ManifestParser.parse(text, "release");
  }
}
