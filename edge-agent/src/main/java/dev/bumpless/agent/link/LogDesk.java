package dev.bumpless.agent.link;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogChunk;
import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.UntrustedException;
import dev.bumpless.trust.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Where log queries arrive. At most {@value #MOST_STREAMS} logs are read at once, each for an hour
 * at most. The link's thread owns it.
 */
final class LogDesk {
  static final int MOST_STREAMS = 4;
  static final Duration LONGEST = Duration.ofHours(1);
  private static final int MOST_REMEMBERED = 1024;

  private final DeviceId device;
  private final Verifier verifier;
  private final MessageCodec codec;
  private final LogSource source;
  private final Executor readers;
  private final Loop loop;
  private final Consumer<LogChunk> publish;
  private final Map<UUID, LogStream> open = new HashMap<>();
  private final Map<UUID, Instant> used = new HashMap<>();

  /**
   * @param readers where the source is opened and closed: it may block
   * @param publish called on the loop
   */
  LogDesk(
      DeviceId device,
      Verifier verifier,
      MessageCodec codec,
      LogSource source,
      Executor readers,
      Loop loop,
      Consumer<LogChunk> publish) {
    this.device = device;
    this.verifier = verifier;
    this.codec = codec;
    this.source = source;
    this.readers = readers;
    this.loop = loop;
    this.publish = publish;
  }

  /** Why a query was not obeyed. */
  record Rejected(String code, String message) {}

  Optional<Rejected> take(byte[] message, Instant now) {
    LogQuery query;
    try {
      Envelope envelope = codec.decode(message, Envelope.class);
      query = codec.decode(verifier.verify(envelope, Envelope.LOG_QUERY), LogQuery.class);
    } catch (UntrustedException e) {
      return rejected(e.code().name(), e.getMessage());
    } catch (MalformedMessageException e) {
      return rejected("MALFORMED", e.getMessage());
    }
    if (!query.device().equals(device)) {
      return rejected("WRONG_DEVICE", "for " + query.device() + ", this is " + device);
    }
    if (!now.isBefore(query.expires())) {
      return rejected("EXPIRED", "expired at " + query.expires() + ", here it is " + now);
    }
    if (query.cancel()) {
      close(query.id());
      return Optional.empty();
    }
    used.values().removeIf(expires -> !now.isBefore(expires));
    if (used.containsKey(query.id())) {
      return rejected("REPLAYED", "query " + query.id() + " was answered before");
    }
    if (used.size() >= MOST_REMEMBERED) {
      return rejected("TOO_MANY", used.size() + " queries are remembered until they expire");
    }
    used.put(query.id(), query.expires());
    begin(query);
    return Optional.empty();
  }

  private void begin(LogQuery query) {
    if (open.size() >= MOST_STREAMS) {
      String why = "this device reads %d logs already; end one of them".formatted(open.size());
      publish.accept(new LogChunk(query.id(), 0, "", true, why));
      return;
    }
    LogStream stream = new LogStream(query, loop, this::flush);
    open.put(query.id(), stream);
    loop.schedule(LONGEST, () -> stream.end(Optional.of("a log is read for 1 h at most")));
    readers.execute(() -> read(query, stream));
  }

  private void read(LogQuery query, LogStream stream) {
    try {
      stream.opened(source.open(query, stream));
    } catch (Exception e) { // whatever the source has: who asked shall see it
      stream.end(Optional.of(e.getMessage() == null ? e.toString() : e.getMessage()));
    }
  }

  private void flush(LogStream stream) {
    Optional<LogChunk> chunk = stream.take();
    if (chunk.isEmpty()) {
      return;
    }
    if (chunk.get().last()) {
      close(stream.query().id());
    }
    publish.accept(chunk.get());
  }

  /** The connection is gone, and with it whoever asked. */
  void closeAll() {
    List.copyOf(open.keySet()).forEach(this::close);
  }

  private void close(UUID id) {
    LogStream stream = open.remove(id);
    if (stream != null) {
      readers.execute(stream::close);
    }
  }

  private static Optional<Rejected> rejected(String code, String message) {
    return Optional.of(new Rejected(code, "a log query: " + message));
  }
}
