package dev.bumpless.manifest.shape;

import dev.bumpless.manifest.yaml.Problem;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that somebody meant, by the edits that lead to it (Levenshtein distance). */
public final class Nearest {
  private static final int MAX_LENGTH = 64;
  private static final int MIN_SUFFIX = 4;

  private Nearest() {}

  /** {@code did you mean 'ports'?}, or empty where nothing is near. */
  public static String hint(String word, Collection<String> known) {
    return of(word, known).map(k -> "did you mean " + Problem.quote(k) + "?").orElse("");
  }

  /** The known word with the fewest edits, at most a third of its length. */
  static Optional<String> of(String word, Collection<String> known) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (word.isEmpty() || word.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    return known.stream()
        .filter(k -> distance(lower, k.toLowerCase(Locale.ROOT)) <= Math.max(1, k.length() / 3))
        .min(Comparator.comparingInt(k -> distance(lower, k.toLowerCase(Locale.ROOT))));
  }

  /** A known word behind a prefix, as in {@code CAP_NET_ADMIN}, is near. */
  private static int distance(String word, String known) {
    return known.length() >= MIN_SUFFIX && word.endsWith(known) ? 1 : edits(word, known);
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
