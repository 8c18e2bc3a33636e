package dev.bumpless.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Before the flip, reads go to both versions for a while, and the answers must agree.
 *
 * @param during how long, 1 s to 1 h, default 30 s; {@code for} in a manifest
 * @param read values that are read beside those that are copied; any table
 * @param expectDivergence values that may differ; they are never copied over the new version's
 * @param http documents that are fetched of both
 */
public record Compare(
    Duration during,
    List<RegisterRange> read,
    List<RegisterRange> expectDivergence,
    List<Document> http) {
  static final Duration USUALLY = Duration.ofSeconds(30);

  public Compare {
    Limits.check("for", during, Limits.COMPARE);
    read = List.copyOf(read);
    expectDivergence = List.copyOf(expectDivergence);
    http = List.copyOf(http);
  }

  /**
   * What a GET answers. The status is compared always.
   *
   * @param headers whose values are compared too
   * @param json pointers (RFC 6901) to the fields that are compared; empty: the whole body is
   */
  public record Document(
      String container, int port, String path, List<String> headers, List<String> json) {
    /** A field's name (RFC 9110, 5.1). */
    static final String HEADER = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** A pointer to a part of the document (RFC 6901). */
    static final String POINTER = "(/[^/~]*(~[01][^/~]*)*)+";

    public Document {
      Limits.check("port", port, Limits.PORT);
      HealthCheck.checkPath(path);
      headers = List.copyOf(headers);
      json = List.copyOf(json);
    }
  }

  /** What may differ, or nothing where nothing is compared. */
  static List<RegisterRange> divergence(Optional<Compare> compare) {
    return compare.map(Compare::expectDivergence).orElseGet(List::of);
  }
}
