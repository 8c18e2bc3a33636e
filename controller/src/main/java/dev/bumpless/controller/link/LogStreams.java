package dev.bumpless.controller.link;

import dev.bumpless.controller.fleet.LogSource.Answer;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.LogChunk;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The logs that are being read. The link's thread brings pieces, a thread of the API takes them;
 * one that reads too slowly loses pieces and sees the hole in their numbers.
 */
final class LogStreams {
  static final int MOST = 16;
  private static final int PIECES = 64;

  private final Map<UUID, Stream> open = new HashMap<>();

  /**
   * @param onClose told once when the reader has had enough before the log had ended
   */
  synchronized Stream open(UUID query, DeviceId device, Consumer<Stream> onClose) {
    if (open.size() >= MOST) {
      throw Problem.of(
          Problem.Code.TOO_BUSY,
          "%d logs are being read already, as many as may be".formatted(MOST),
          "end one of them, or try again later");
    }
    Stream stream = new Stream(query, device, onClose);
    open.put(query, stream);
    return stream;
  }

  /** Brings a piece, of the device that was asked and no other. */
  synchronized void bring(DeviceId device, LogChunk chunk) {
    Stream stream = open.get(chunk.query());
    if (stream == null || !stream.device.equals(device)) {
      return;
    }
    if (!stream.pieces.offer(chunk) && chunk.last()) {
      stream.pieces.poll();
      stream.pieces.add(chunk);
    }
  }

  private synchronized boolean remove(UUID query) {
    return open.remove(query) != null;
  }

  /** One log that is being read. */
  final class Stream implements Answer {
    private final UUID query;
    private final DeviceId device;
    private final Consumer<Stream> onClose;
    private final BlockingQueue<LogChunk> pieces = new ArrayBlockingQueue<>(PIECES);
    private volatile boolean ended;

    private Stream(UUID query, DeviceId device, Consumer<Stream> onClose) {
      this.query = query;
      this.device = device;
      this.onClose = onClose;
    }

    @Override
    public Optional<LogChunk> next(Duration patience) throws InterruptedException {
      LogChunk chunk = pieces.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (chunk != null && chunk.last()) {
        ended = true;
      }
      return Optional.ofNullable(chunk);
    }

    @Override
    public void close() {
      if (remove(query) && !ended) {
        onClose.accept(this);
      }
    }
  }
}
