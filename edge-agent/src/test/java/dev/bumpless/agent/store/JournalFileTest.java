package dev.bumpless.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.Apps;
import dev.bumpless.agent.swap.JournalEntry;
import dev.bumpless.agent.swap.JournalEntry.Failed;
import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.agent.swap.OrderRef;
import dev.bumpless.agent.swap.QuietLogs;
import dev.bumpless.agent.swap.Settled;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.Swap;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(QuietLogs.class)
class JournalFileTest {
  private static final Revision FIRST = new Revision(Apps.release(1).id(), 1);
  private static final Revision SECOND = new Revision(Apps.release(2).id(), 3);
  private static final OrderRef ORDER = new OrderRef(new UUID(1, 2), 9, Optional.of(SECOND));

  @TempDir private Path folder;
  private final MessageCodec codec = new MessageCodec(new KnownApps());

  /** Writes an app as a word and knows what it meant. */
  private static final class KnownApps implements MessageCodec.AppText {
    private final Map<String, App> apps = new HashMap<>();

    @Override
    public String write(App app) {
      String word = Integer.toString(app.hashCode());
      apps.put(word, app);
      return word;
    }

    @Override
    public App parse(String text) {
      return Optional.ofNullable(apps.get(text))
          .orElseThrow(() -> new IllegalArgumentException("unknown app"));
    }
  }

  private JournalFile journal() {
    return new JournalFile(folder, codec);
  }

  private static JournalEntry full() {
    Swap swap =
        new Swap(
            ORDER,
            SECOND,
            Apps.release(2),
            Slot.GREEN,
            Instant.parse("2026-01-02T03:04:05.678Z"),
            2,
            List.of(new StepTime("PULLING", Duration.ofMillis(812))),
            Optional.of(
                new Swap.Crossing(
                    new TreeSet<>(List.of(Apps.key(Slot.BLUE, 0), Apps.key(Slot.BLUE, 1))),
                    Optional.of(Instant.parse("2026-01-02T03:05:00Z")),
                    Optional.of(Duration.ofNanos(1_234_567)),
                    Optional.empty())),
            Optional.of(
                new Swap.Return(
                    Phase.ROLLED_BACK, "a\tstrange\\ reason\nin two lines – ü", ORDER)));
    return new JournalEntry(
        Apps.PUMP,
        Optional.of(new Running(Slot.BLUE, FIRST, Apps.release(1))),
        Optional.of(Apps.release(3)),
        List.of(new Failed(SECOND, "-"), new Failed(FIRST, "exited with code 1")),
        true,
        Optional.of("c1@2026-01-01T00:00:00Z+0"),
        Optional.of(swap),
        Optional.of(
            new Settled(
                ORDER,
                Phase.STOPPED,
                "",
                Optional.of(Duration.ofMillis(3)),
                Optional.empty(),
                List.of(new StepTime("BAKING", Duration.ofSeconds(30))))),
        Optional.of(Slot.GREEN));
  }

  @Test
  void everythingComesBackAsItWasSaved() throws IOException {
    JournalEntry other = JournalEntry.empty(new AppName("another"));
    JournalFile journal = journal();
    journal.save(full());
    journal.save(other);

    assertThat(journal().load()).containsExactlyInAnyOrder(full(), other);
  }

  /** Its releases' texts are kept meanwhile; they change their places, and one is new. */
  @Test
  void whatHasChangedComesBackAsItIsNow() throws IOException {
    JournalEntry before = full();
    JournalEntry now =
        new JournalEntry(
            Apps.PUMP,
            Optional.of(new Running(Slot.GREEN, SECOND, before.swap().orElseThrow().release())),
            before.current().map(Running::release),
            List.of(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    JournalFile journal = journal();
    journal.save(before);
    journal.save(now);
    assertThat(journal().load()).containsExactly(now);

    journal.save(JournalEntry.empty(Apps.PUMP));
    journal.save(before);
    assertThat(journal().load()).containsExactly(before);
  }

  @Test
  void aMissingFolderIsAnEmptyJournal() throws IOException {
    assertThat(new JournalFile(folder.resolve("none"), codec).load()).isEmpty();
  }

  @Test
  void whatIsThereAlreadyIsNotWrittenAgain() throws IOException {
    JournalFile journal = journal();
    journal.save(full());
    Files.delete(file());

    journal.save(full());

    assertThat(file()).doesNotExist();
  }

  @Test
  void anEntryThatIsCutOffAtAnyByteIsLeftOutAndTheOthersAreRead() throws IOException {
    JournalEntry other = JournalEntry.empty(new AppName("another"));
    journal().save(full());
    journal().save(other);
    byte[] whole = Files.readAllBytes(file());

    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      assertThat(journal().load()).as("cut at byte %d", length).containsExactly(other);
    }
  }

  @Test
  void anEntryWithOneWrongByteIsLeftOut() throws IOException {
    journal().save(full());
    byte[] whole = Files.readAllBytes(file());

    for (int i = 0; i < whole.length; i++) {
      byte[] wrong = whole.clone();
      wrong[i] ^= 0x10;
      Files.write(file(), wrong);
      assertThat(journal().load()).as("wrong byte %d", i).isEmpty();
    }
  }

  @Test
  void anEntryInTheFileOfAnotherAppIsLeftOut() throws IOException {
    journal().save(full());
    Files.move(file(), folder.resolve("another.journal"));

    assertThat(journal().load()).isEmpty();
  }

  @Test
  void whatAPowerCutLeftBesideTheFileIsNoEntry() throws IOException {
    journal().save(full());
    Files.write(folder.resolve("pump.journal.next"), new byte[] {1, 2, 3});

    assertThat(journal().load()).containsExactly(full());
  }

  private Path file() {
    return folder.resolve("pump.journal");
  }
}
