package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;
import java.util.Optional;

/**
 * An image as {@code registry/repository[:tag][@sha256:…]}, after the grammar of the OCI
 * distribution specification. A release holds only references with a digest.
 *
 * @param registry host[:port], {@code docker.io} where the text names none
 */
public record ImageRef(
    String registry, String repository, Optional<String> tag, Optional<String> digest) {
  private static final String HUB = "docker.io";
  private static final int MAX_NAME_LENGTH = 255;
  private static final String REGISTRY =
      "([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]{1,5})?";
  private static final String TAG = "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
  private static final String DIGEST = "sha256:[0-9a-f]{64}";
  private static final String PART = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*";

  /** Of the whole text; {@link #parse} is stricter about what is a registry. */
  static final String PATTERN =
      "(" + REGISTRY + "/)?" + PART + "(/" + PART + ")*(:" + TAG + ")?(@" + DIGEST + ")?";

  public ImageRef {
    InvalidManifestException.check(
        registry.length() <= MAX_NAME_LENGTH && registry.matches(REGISTRY),
        "%s is no registry: expected host or host:port",
        Problem.quote(registry));
    InvalidManifestException.check(
        repository.length() <= MAX_NAME_LENGTH && repository.matches(PART + "(/" + PART + ")*"),
        "%s is no image: expected registry/repository:tag in lower case",
        Problem.quote(repository));
    tag.ifPresent(
        t ->
            InvalidManifestException.check(
                t.matches(TAG),
                "%s is no tag: expected up to 128 letters, digits, '_', '.' and '-'",
                Problem.quote(t)));
    digest.ifPresent(
        d ->
            InvalidManifestException.check(
                d.matches(DIGEST),
                "%s is no digest: expected sha256: and 64 hex digits",
                Problem.quote(d)));
  }

  /** Parses what docker accepts; throws {@link InvalidManifestException} with a hint. */
  public static ImageRef parse(String text) {
    int at = text.indexOf('@');
    Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
    String name = at < 0 ? text : text.substring(0, at);
    int colon = name.lastIndexOf(':');
    boolean tagged = colon > name.lastIndexOf('/');
    Optional<String> tag = tagged ? Optional.of(name.substring(colon + 1)) : Optional.empty();
    String path = tagged ? name.substring(0, colon) : name;
    int slash = path.indexOf('/');
    boolean hasRegistry = slash > 0 && isRegistry(path.substring(0, slash));
    String registry = hasRegistry ? path.substring(0, slash) : HUB;
    String repository = hasRegistry ? path.substring(slash + 1) : path;
    return new ImageRef(registry, officialOrOwn(registry, repository), tag, digest);
  }

  private static boolean isRegistry(String first) {
    return first.contains(".") || first.contains(":") || first.equals("localhost");
  }

  private static String officialOrOwn(String registry, String repository) {
    boolean official = registry.equals(HUB) && !repository.isEmpty() && !repository.contains("/");
    return official ? "library/" + repository : repository;
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
