package dev.bumpless.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Before the flip, reads go to both versions for a while, and the answers must agree.
 *
 * @param during how long
 * @param read values that are read beside those that are copied; any table
 * @param expectDivergence values that may differ; they are never copied over the new version's
 * @param http documents that are fetched of both
 */
public record Compare(
    Duration during,
    List<RegisterRange> read,
    List<RegisterRange> expectDivergence,
    List<Document> http) {
  public Compare {
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
    public Document {
      headers = List.copyOf(headers);
      json = List.copyOf(json);
    }
  }

  /** What may differ, or nothing where nothing is compared. */
  static List<RegisterRange> divergence(Optional<Compare> compare) {
    return compare.map(Compare::expectDivergence).orElseGet(List::of);
  }
}
