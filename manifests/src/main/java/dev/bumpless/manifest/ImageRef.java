package dev.bumpless.manifest;

import java.util.Optional;

/**
 * An image as {@code registry/repository[:tag][@sha256:…]}, after the grammar of the OCI
 * distribution specification. A release holds only references with a digest.
 *
 * @param registry host[:port], {@code docker.io} where the text names none
 */
public record ImageRef(
    String registry, String repository, Optional<String> tag, Optional<String> digest) {

  /** Parses what docker accepts; throws {@link InvalidManifestException} with a hint. */
  public static ImageRef parse(String text) {
    String rest = text;
    Optional<String> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      String d = rest.substring(at + 1);
      InvalidManifestException.check(
          d.matches("sha256:[0-9a-f]{64}"), "'%s': a digest is sha256: and 64 hex digits", text);
      digest = Optional.of(d);
      rest = rest.substring(0, at);
    }
    Optional<String> tag = Optional.empty();
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      String t = rest.substring(colon + 1);
      InvalidManifestException.check(
          t.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"), "'%s': '%s' is no tag", text, t);
      tag = Optional.of(t);
      rest = rest.substring(0, colon);
    }
    int slash = rest.indexOf('/');
    String first = slash < 0 ? "" : rest.substring(0, slash);
    boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
    String registry = named ? first : "docker.io";
    String repository = named ? rest.substring(slash + 1) : rest;
    InvalidManifestException.check(
        repository.matches("[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"),
        "'%s' is no image: expected registry/repository:tag in lower case",
        text);
    if (!named && slash < 0) {
      repository = "library/" + repository;
    }
    return new ImageRef(registry, repository, tag, digest);
  }

  public ImageRef withDigest(String sha256) {
    return new ImageRef(registry, repository, tag, Optional.of(sha256));
  }

  public boolean isPinned() {
    return digest.isPresent();
  }

  /** The name that is pulled: by digest where there is one. */
  public String pullName() {
    return registry
        + "/"
        + repository
        + digest.map(d -> "@" + d).orElseGet(() -> ":" + tag.orElse("latest"));
  }

  @Override
  public String toString() {
    return registry
        + "/"
        + repository
        + tag.map(t -> ":" + t).orElse("")
        + digest.map(d -> "@" + d).orElse("");
  }
}
