package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.manifest.Compare;
import java.time.Duration;
import java.util.Map;

/**
 * Fetches a document of the old version and of the new one. Where they differ the old one is asked
 * again: what it now answers otherwise is changing, and no difference.
 */
final class DocumentComparison {
  private static final String OLD = "the old version";
  private static final String YOUNG = "the new version";
  private static final String NOTHING = "nothing";

  private DocumentComparison() {}

  static void run(
      Compare.Document document, Side old, Side young, Duration timeout, Findings findings) {
    try {
      Map<String, String> before = FetchedDocument.parts(document, OLD, old, timeout);
      Map<String, String> now = FetchedDocument.parts(document, YOUNG, young, timeout);
      findings.compared(1);
      if (!before.equals(now)) {
        judge(document, before, now, FetchedDocument.parts(document, OLD, old, timeout), findings);
      }
    } catch (NoAnswerException e) {
      e.tell(findings);
    }
  }

  /** Where the status differs, all else does, and is not told. */
  private static void judge(
      Compare.Document document,
      Map<String, String> before,
      Map<String, String> now,
      Map<String, String> again,
      Findings findings) {
    for (Map.Entry<String, String> part : before.entrySet()) {
      String found = now.getOrDefault(part.getKey(), NOTHING);
      boolean differs = !found.equals(part.getValue());
      if (differs && part.getValue().equals(again.get(part.getKey()))) {
        findings.differs(
            "GET %s %s".formatted(document.path(), part.getKey()),
            "%s in %s, %s in %s".formatted(found, YOUNG, part.getValue(), OLD));
      }
      if (differs && part.getKey().equals(FetchedDocument.STATUS)) {
        return;
      }
    }
  }
}
