package dev.bumpless.controller.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bumpless.trust.Sha256;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry in its place in the chain.
 *
 * <h2>Canonical form</h2>
 *
 * The hash is the SHA-256 of these texts in this order, each as a netstring ({@code LENGTH:TEXT,}
 * with the length in bytes of UTF-8): {@code bumpless-audit-1}, number, at (ISO 8601 as in the
 * export), actor, from, action, object, outcome, previous. A record that names the one of its begin
 * has the form {@code bumpless-audit-2}, with that number before previous. So no two records share
 * a form, and a verifier in another language is ten lines.
 *
 * @param number 1 and up, without gaps
 * @param previous hash of the record before; 64 zeros for the first
 */
public record AuditRecord(long number, AuditLog.Entry entry, String previous, String hash) {
  private static final String FORM = "bumpless-audit-1";
  private static final String FORM_OF_ENDS = "bumpless-audit-2";

  /** The record that follows that head. */
  public static AuditRecord following(ChainHead head, AuditLog.Entry entry) {
    long number = head.number() + 1;
    return new AuditRecord(number, entry, head.hash(), hash(number, entry, head.hash()));
  }

  public ChainHead asHead() {
    return new ChainHead(number, hash);
  }

  /** Whether it holds what it was hashed over. */
  boolean isGenuine() {
    return hash.equals(hash(number, entry, previous));
  }

  private static String hash(long number, AuditLog.Entry entry, String previous) {
    List<String> texts = new ArrayList<>();
    texts.add(entry.begun().isPresent() ? FORM_OF_ENDS : FORM);
    texts.add(Long.toString(number));
    texts.add(entry.at().toString());
    texts.addAll(List.of(entry.actor(), entry.from(), entry.action(), entry.object()));
    texts.add(entry.outcome());
    entry.begun().ifPresent(begun -> texts.add(Long.toString(begun)));
    texts.add(previous);
    StringBuilder form = new StringBuilder();
    texts.forEach(
        text -> form.append(text.getBytes(UTF_8).length).append(':').append(text).append(','));
    return Sha256.hex(form.toString().getBytes(UTF_8));
  }
}
