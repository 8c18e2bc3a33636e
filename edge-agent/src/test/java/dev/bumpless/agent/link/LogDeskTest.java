package dev.bumpless.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.Samples;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Signer;
import dev.bumpless.trust.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LogDeskTest {
  private final Plant plant = new Plant();
  private final ManualLoop loop = new ManualLoop();
  private final List<LogChunk> sent = new CopyOnWriteArrayList<>();
  private final List<LogSource.LineSink> sinks = new ArrayList<>();
  private final List<LogQuery> closed = new CopyOnWriteArrayList<>();
  private Exception failure;
  private final LogDesk desk =
      new LogDesk(
          Samples.DEVICE,
          new Verifier(plant.root),
          plant.codec,
          this::open,
          Runnable::run,
          loop,
          sent::add);

  private AutoCloseable open(LogQuery query, LogSource.LineSink sink) throws Exception {
    if (failure != null) {
      throw failure;
    }
    sinks.add(sink);
    return () -> closed.add(query);
  }

  @Test
  void linesTravelInOrderAndGatheredUntilTheEnd() {
    ask(1);
    sinks.get(0).line("one\n");
    sinks.get(0).line("two\n");
    loop.advance(Duration.ofMillis(100));
    sinks.get(0).line("three\n");
    sinks.get(0).end(Optional.empty());
    loop.run();
    assertThat(sent)
        .containsExactly(
            new LogChunk(id(1), 0, "one\ntwo\n", false, ""),
            new LogChunk(id(1), 1, "three\n", true, ""));
    loop.advance(Duration.ofHours(2));
    assertThat(sent).hasSize(2);
    assertThat(closed).hasSize(1);
  }

  @Test
  void whatCannotBeReadIsSaidToWhoAsked() {
    failure = new IllegalStateException("no such container");
    ask(1);
    loop.run();
    assertThat(sent).containsExactly(new LogChunk(id(1), 0, "", true, "no such container"));
    failure = null;
    ask(2);
    sinks.get(0).line("half\n");
    sinks.get(0).end(Optional.of("engine went away"));
    loop.run();
    assertThat(sent.get(1)).isEqualTo(new LogChunk(id(2), 0, "half\n", true, "engine went away"));
  }

  @Test
  void obeysNoQueryThatIsNotTheControllersForThisDeviceNowAndOnce() {
    assertThat(take(new byte[] {1})).contains("MALFORMED");
    byte[] bytes = plant.codec.encode(query(1, Samples.DEVICE, Samples.NOW.plusSeconds(60)));
    assertThat(take(encode(Signer.generate().sign(Envelope.LOG_QUERY, bytes))))
        .contains("UNKNOWN_KEY");
    assertThat(take(encode(plant.releaseKey.sign(Envelope.LOG_QUERY, bytes))))
        .contains("WRONG_ROLE");
    assertThat(take(encode(plant.orderKey.sign(Envelope.ORDER, bytes)))).contains("WRONG_TYPE");
    assertThat(take(signed(query(1, new DeviceId("dev-2"), Samples.NOW.plusSeconds(60)))))
        .contains("WRONG_DEVICE");
    assertThat(take(signed(query(1, Samples.DEVICE, Samples.NOW)))).contains("EXPIRED");
    assertThat(sinks).isEmpty();
    assertThat(take(signed(query(1, Samples.DEVICE, Samples.NOW.plusSeconds(60))))).isEmpty();
    assertThat(take(signed(query(1, Samples.DEVICE, Samples.NOW.plusSeconds(60)))))
        .contains("REPLAYED");
    assertThat(sinks).hasSize(1);
  }

  @Test
  void fourLogsAtOnceAndTheFifthIsToldSo() {
    for (int i = 1; i <= 5; i++) {
      ask(i);
    }
    assertThat(sinks).hasSize(4);
    assertThat(sent).singleElement().satisfies(c -> assertThat(c.error()).contains("4 logs"));
    sinks.get(0).end(Optional.empty());
    loop.run();
    ask(6);
    assertThat(sinks).hasSize(5);
  }

  @Test
  void aCancelEndsTheReadingWithoutAWord() {
    ask(1);
    LogQuery query = query(1, Samples.DEVICE, Samples.NOW.plusSeconds(60));
    LogQuery cancel =
        new LogQuery(
            query.id(),
            query.device(),
            query.app(),
            query.container(),
            query.slot(),
            query.tail(),
            query.follow(),
            true,
            query.expires());
    assertThat(take(signed(cancel))).isEmpty();
    assertThat(closed).hasSize(1);
    sinks.get(0).line("nobody reads this\n");
    sinks.get(0).end(Optional.empty());
    loop.advance(Duration.ofSeconds(1));
    assertThat(sent).isEmpty();
  }

  @Test
  void aLogEndsAfterAnHour() {
    ask(1);
    loop.advance(Duration.ofHours(1));
    assertThat(sent).singleElement().satisfies(c -> assertThat(c.error()).contains("1 h"));
    assertThat(closed).hasSize(1);
  }

  @Test
  void aLostLineEndsAllReading() {
    ask(1);
    ask(2);
    desk.closeAll();
    assertThat(closed).hasSize(2);
    ask(3);
    assertThat(sinks).hasSize(3);
  }

  @Test
  void aLogThatIsFasterThanTheLineWaitsAndNothingIsLost() throws Exception {
    ask(1);
    String line = "\u0001\"\\é€ and more\n".repeat(100);
    Thread reader =
        new Thread(
            () -> {
              for (int i = 0; i < 400; i++) {
                sinks.get(0).line(line);
              }
              sinks.get(0).end(Optional.empty());
            });
    reader.start();
    await().until(() -> reader.getState() == Thread.State.WAITING);
    while (reader.isAlive()) {
      loop.run(); // a full buffer is flushed at once
      Thread.onSpinWait();
    }
    loop.advance(Duration.ofSeconds(1));
    String all = sent.stream().map(LogChunk::text).collect(Collectors.joining());
    assertThat(all).hasSize(line.length() * 400);
    assertThat(all).isEqualTo(line.repeat(400));
    assertThat(sent).hasSizeGreaterThan(10);
    for (int i = 0; i < sent.size(); i++) {
      assertThat(sent.get(i).number()).isEqualTo(i);
      assertThat(plant.codec.encode(sent.get(i)).length)
          .isLessThanOrEqualTo(LogStream.CHUNK_BYTES + 200);
    }
    assertThat(sent.get(sent.size() - 1).last()).isTrue();
  }

  @Test
  void aWaitingReaderIsLetGoWhenNobodyListensAnyMore() throws Exception {
    ask(1);
    Thread reader = new Thread(() -> sinks.get(0).line("x".repeat(200_000)));
    reader.start();
    await().until(() -> reader.getState() == Thread.State.WAITING);
    desk.closeAll();
    reader.join();
  }

  @Test
  void countsJsonBytesNeverTooLow() throws Exception {
    for (String text :
        List.of("a", "\u0000", "\"", "\\", "é", "€", "\ud83d\ude00", "\n", "\u007f")) {
      LogChunk empty = new LogChunk(id(1), 0, "", false, "");
      LogChunk full = new LogChunk(id(1), 0, text, false, "");
      int grown = plant.codec.encode(full).length - plant.codec.encode(empty).length;
      assertThat(LogStream.jsonBytes(text)).isGreaterThanOrEqualTo(grown);
    }
  }

  private void ask(int number) {
    assertThat(take(signed(query(number, Samples.DEVICE, Samples.NOW.plusSeconds(60))))).isEmpty();
  }

  private Optional<String> take(byte[] message) {
    return desk.take(message, Samples.NOW).map(LogDesk.Rejected::code);
  }

  private byte[] signed(LogQuery query) {
    return encode(plant.orderKey.sign(Envelope.LOG_QUERY, plant.codec.encode(query)));
  }

  private byte[] encode(Envelope envelope) {
    return plant.codec.encode(envelope);
  }

  private static LogQuery query(int number, DeviceId device, Instant expires) {
    return new LogQuery(
        id(number),
        device,
        Samples.PUMP,
        Optional.empty(),
        Optional.empty(),
        100,
        true,
        false,
        expires);
  }

  private static UUID id(int number) {
    return new UUID(0, number);
  }
}
