package dev.bumpless.controller.audit;

import java.util.Optional;

/**
 * Follows a chain record by record and names the first that is broken. Used by one thread.
 *
 * <p>Found without any help: a record that was changed, taken out, put in, moved or repeated. Found
 * with a head that was noted elsewhere alone: newest records that were cut off, and a chain that
 * was written anew as a whole, which whoever can write the store can do.
 */
public final class ChainCheck {
  private final Optional<ChainHead> anchor;
  private ChainHead head;

  /**
   * What is wrong.
   *
   * @param number of the first record that is broken or missing
   */
  public record Fault(long number, String why) {}

  /**
   * @param start what comes before the first record; {@link ChainHead#NONE} for a whole chain
   * @param anchor a head that was noted earlier, to be met on the way
   */
  public ChainCheck(ChainHead start, Optional<ChainHead> anchor) {
    this.head = start;
    this.anchor = anchor;
  }

  /** Takes the next record; not to be called again after a fault. */
  public Optional<Fault> next(AuditRecord record) {
    Optional<Fault> fault = compare(record);
    head = record.asHead();
    return fault;
  }

  private Optional<Fault> compare(AuditRecord record) {
    long expected = head.number() + 1;
    if (record.number() > expected) {
      return fault(
          expected, "it is missing: %d follows %d".formatted(record.number(), head.number()));
    }
    if (record.number() < expected) {
      return fault(
          record.number(), "it comes after %d: moved, or there twice".formatted(head.number()));
    }
    if (!record.isGenuine()) {
      return fault(expected, "it was changed: its hash is not that of what it holds");
    }
    if (!record.previous().equals(head.hash())) {
      return fault(
          expected, "it follows another record than the one before it: replaced, it or that");
    }
    return anchor
        .filter(noted -> noted.number() == expected && !noted.hash().equals(record.hash()))
        .flatMap(
            noted ->
                fault(expected, "it is another one than was noted: the chain was written anew"));
  }

  /**
   * Says that no record follows.
   *
   * @param remembered the head as the log remembers it apart from its records
   */
  public Optional<Fault> end(ChainHead remembered) {
    if (head.number() < remembered.number()) {
      return missing("the log remembers records up to " + remembered.number());
    }
    if (!head.equals(remembered)) {
      return fault(head.number(), "the log remembers another end: " + remembered);
    }
    return anchor
        .filter(noted -> noted.number() > head.number())
        .flatMap(noted -> missing("records up to %d were noted".formatted(noted.number())));
  }

  /** The last record that was taken. */
  public ChainHead head() {
    return head;
  }

  private Optional<Fault> missing(String known) {
    return fault(head.number() + 1, "it is missing: the newest were cut off, " + known);
  }

  private static Optional<Fault> fault(long number, String why) {
    return Optional.of(new Fault(number, why));
  }
}
