package dev.bumpless.controller.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An audit log in memory. Used by one thread. */
public final class MemoryAuditLog implements AuditLog {
  private final List<AuditRecord> records = new ArrayList<>();

  @Override
  public AuditRecord append(Entry entry) {
    AuditRecord record = AuditRecord.following(head(), entry);
    records.add(record);
    return record;
  }

  @Override
  public List<AuditRecord> recent(int limit) {
    List<AuditRecord> newest = new ArrayList<>(records);
    Collections.reverse(newest);
    return newest.stream().limit(limit).toList();
  }

  @Override
  public List<AuditRecord> after(long number, int limit) {
    return records.stream().skip(number).limit(limit).toList();
  }

  @Override
  public ChainHead head() {
    return records.isEmpty() ? ChainHead.NONE : records.get(records.size() - 1).asHead();
  }

  /** For what a test does before it begins. */
  public void clear() {
    records.clear();
  }

  /** {@code ACTOR ACTION OBJECT OUTCOME} of each, oldest first. */
  public List<String> brief() {
    return records.stream()
        .map(AuditRecord::entry)
        .map(e -> "%s %s %s %s".formatted(e.actor(), e.action(), e.object(), e.outcome()))
        .toList();
  }
}
