package dev.bumpless.controller.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.audit.ChainCheck.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChainCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123Z");
  private final List<AuditRecord> records = new ArrayList<>(chain(ChainHead.NONE, 6));

  @Test
  void aChainThatNobodyTouchedIsIntact() {
    assertThat(check(records)).isEmpty();
    assertThat(check(List.of(), ChainHead.NONE, Optional.empty())).isEmpty();
  }

  @Test
  void aRecordThatWasChangedIsNamed() {
    AuditRecord third = records.get(2);
    AuditLog.Entry other =
        new AuditLog.Entry(NOW, "somebody", "10.0.0.9", "POST /x", "apply pump", "OK");
    records.set(2, new AuditRecord(3, other, third.previous(), third.hash()));

    assertThat(check(records))
        .contains(new Fault(3, "it was changed: its hash is not that of what it holds"));
  }

  @Test
  void aRecordThatWasChangedAndHashedAnewIsFoundByTheOneAfterIt() {
    AuditRecord second = records.get(1);
    records.set(2, AuditRecord.following(second.asHead(), entry("another")));

    assertThat(check(records)).get().extracting(Fault::number).isEqualTo(4L);
  }

  @Test
  void aRecordThatWasTakenOutIsNamed() {
    records.remove(2);

    assertThat(check(records)).contains(new Fault(3, "it is missing: 4 follows 2"));
  }

  @Test
  void theFirstOneTooIsMissed() {
    records.remove(0);

    assertThat(check(records)).contains(new Fault(1, "it is missing: 2 follows 0"));
  }

  @Test
  void recordsThatWereSwappedAreNamed() {
    Collections.swap(records, 2, 3);

    assertThat(check(records)).get().extracting(Fault::number).isEqualTo(3L);
  }

  @Test
  void aRecordThatIsThereTwiceIsNamed() {
    records.add(3, records.get(2));

    assertThat(check(records)).contains(new Fault(3, "it comes after 3: moved, or there twice"));
  }

  @Test
  void newestRecordsThatWereCutOffAreFoundByTheRememberedHead() {
    ChainHead remembered = records.get(5).asHead();

    assertThat(check(records.subList(0, 4), remembered, Optional.empty()))
        .get()
        .extracting(Fault::number)
        .isEqualTo(5L);
  }

  @Test
  void aTailThatWasCutOffWithTheHeadIsFoundByAnAnchorAlone() {
    ChainHead anchor = records.get(5).asHead();
    List<AuditRecord> cut = records.subList(0, 4);
    ChainHead forged = cut.get(3).asHead();

    assertThat(check(cut, forged, Optional.empty())).isEmpty();
    assertThat(check(cut, forged, Optional.of(anchor)))
        .contains(
            new Fault(5, "it is missing: the newest were cut off, records up to 6 were noted"));
  }

  @Test
  void aChainThatWasWrittenAnewIsFoundByAnAnchorAlone() {
    ChainHead anchor = records.get(3).asHead();
    records.set(1, AuditRecord.following(records.get(0).asHead(), entry("harmless")));
    for (int i = 2; i < 6; i++) {
      records.set(i, AuditRecord.following(records.get(i - 1).asHead(), records.get(i).entry()));
    }
    ChainHead forged = records.get(5).asHead();

    assertThat(check(records, forged, Optional.empty())).isEmpty();
    assertThat(check(records, forged, Optional.of(anchor)))
        .get()
        .extracting(Fault::number)
        .isEqualTo(4L);
  }

  @Test
  void aPartOfAChainIsCheckedAgainstWhatCameBefore() {
    ChainHead before = records.get(2).asHead();
    ChainHead end = records.get(5).asHead();
    ChainCheck check = new ChainCheck(before, Optional.empty());

    assertThat(records.subList(3, 6)).allSatisfy(r -> assertThat(check.next(r)).isEmpty());
    assertThat(check.end(end)).isEmpty();
    assertThat(
            new ChainCheck(new ChainHead(3, "0".repeat(64)), Optional.empty()).next(records.get(3)))
        .isPresent();
  }

  @Test
  void anyChangeOfAnyCharacterIsFound() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      int at = random.nextInt(records.size());
      List<AuditRecord> touched = new ArrayList<>(records);
      touched.set(at, changed(records.get(at), random));
      assertThat(check(touched)).as("seed %d, record %d", seed, at + 1).isPresent();
    }
  }

  @Test
  void textsThatRunIntoEachOtherHaveHashesOfTheirOwn() {
    AuditLog.Entry one = new AuditLog.Entry(NOW, "a", "b", "c1:d,", "e", "OK");
    AuditLog.Entry two = new AuditLog.Entry(NOW, "a", "b", "c", "1:d,e", "OK");

    assertThat(AuditRecord.following(ChainHead.NONE, one).hash())
        .isNotEqualTo(AuditRecord.following(ChainHead.NONE, two).hash());
  }

  @Test
  void theCanonicalFormIsTheOneThatIsWrittenDown() {
    AuditLog.Entry entry =
        new AuditLog.Entry(NOW, "token", "127.0.0.1", "POST /api/v1/rollouts", "apply pümp", "OK");

    // printf '16:bumpless-audit-1,1:1,24:2026-11-25T10:00:00.123Z,5:token,…' | sha256sum
    assertThat(AuditRecord.following(ChainHead.NONE, entry).hash())
        .isEqualTo("8f37caf8c8b2fb9ac466119e3c219a09805beb6eeb43b28e9ea0a3e856abd89c");
  }

  @Test
  void anEndHasItsOwnForm() {
    AuditLog.Entry entry =
        new AuditLog.Entry(
            NOW,
            "token",
            "127.0.0.1",
            "POST /api/v1/rollouts",
            "apply pümp",
            "OK",
            OptionalLong.of(41));

    // printf '16:bumpless-audit-2,1:1,…,2:OK,2:41,64:0000…,' | sha256sum
    assertThat(AuditRecord.following(ChainHead.NONE, entry).hash())
        .isEqualTo("76c7ad993529f9b151e320a8df53f76280e4354d688dd6e07bcbc2619b35cb07");
  }

  @Test
  void whatIsTooLongIsCutAndWhatIsNoTextBecomesABlank() {
    AuditLog.Entry entry = new AuditLog.Entry(NOW, "a\nb\0c", "x".repeat(5_000), "", "\ud800", "");

    assertThat(entry.actor()).isEqualTo("a b c");
    assertThat(entry.from()).hasSize(1_000).endsWith("x…");
    assertThat(entry.object()).isEqualTo(" ");
  }

  @Test
  void aHeadIsReadAsItIsWritten() {
    ChainHead head = records.get(5).asHead();

    assertThat(ChainHead.parse(head.toString())).isEqualTo(head);
    for (String wrong : List.of("", "6", "6:", ":" + head.hash(), "6:xyz", "-1:" + head.hash())) {
      assertThatThrownBy(() -> ChainHead.parse(wrong)).hasMessageContaining("NUMBER:HASH");
    }
  }

  private static AuditRecord changed(AuditRecord record, Random random) {
    AuditLog.Entry e = record.entry();
    String[] texts = {e.actor(), e.from(), e.action(), e.object(), e.outcome()};
    int which = random.nextInt(texts.length);
    StringBuilder text = new StringBuilder(texts[which]);
    int position = random.nextInt(text.length());
    text.setCharAt(position, text.charAt(position) == 'q' ? 'z' : 'q');
    texts[which] = text.toString();
    return new AuditRecord(
        record.number(),
        new AuditLog.Entry(e.at(), texts[0], texts[1], texts[2], texts[3], texts[4]),
        record.previous(),
        record.hash());
  }

  private static Optional<Fault> check(List<AuditRecord> chain) {
    return check(chain, chain.get(chain.size() - 1).asHead(), Optional.empty());
  }

  private static Optional<Fault> check(
      List<AuditRecord> chain, ChainHead remembered, Optional<ChainHead> anchor) {
    ChainCheck check = new ChainCheck(ChainHead.NONE, anchor);
    for (AuditRecord record : chain) {
      Optional<Fault> fault = check.next(record);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return check.end(remembered);
  }

  private static List<AuditRecord> chain(ChainHead start, int length) {
    List<AuditRecord> chain = new ArrayList<>();
    ChainHead head = start;
    for (int i = 1; i <= length; i++) {
      AuditRecord next = AuditRecord.following(head, entry("apply pump " + i));
      chain.add(next);
      head = next.asHead();
    }
    return chain;
  }

  private static AuditLog.Entry entry(String object) {
    return new AuditLog.Entry(NOW, "token", "127.0.0.1", "POST /api/v1/rollouts", object, "OK");
  }
}
