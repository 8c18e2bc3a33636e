package dev.bumpless.agent.lease;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One connection: a line in, an answer out, and it is over. Used by the doors' thread alone. */
final class LeaseTalk {
  static final int MOST_BYTES = 1024;

  private static final long PATIENCE_NANOS = 5_000_000_000L;

  private final SocketChannel client;
  private final LeaseWords words;
  private final ByteBuffer heard = ByteBuffer.allocate(MOST_BYTES);
  private final long beganNanos = System.nanoTime();

  LeaseTalk(SocketChannel client, LeaseWords words) {
    this.client = client;
    this.words = words;
  }

  boolean isOpen() {
    return client.isOpen();
  }

  /** There is something to read. A line may also end with the connection. */
  void goOn() {
    try {
      boolean isEnd = client.read(heard) < 0;
      Optional<String> answer = answer(isEnd);
      if (answer.isPresent()) {
        // Fits into the socket's buffer; who does not read it goes without.
        client.write(StandardCharsets.UTF_8.encode(answer.get()));
      }
      if (isEnd || answer.isPresent()) {
        close();
      }
    } catch (IOException e) {
      close();
    }
  }

  private Optional<String> answer(boolean isEnd) {
    int length = lineLength();
    if (length < 0 && !isEnd) {
      return heard.hasRemaining()
          ? Optional.empty()
          : Optional.of("error TOO_LONG a line has at most " + MOST_BYTES + " bytes\n");
    }
    int bytes = length < 0 ? heard.position() : length;
    if (bytes == 0) {
      return isEnd ? Optional.empty() : Optional.of(words.answer(""));
    }
    try {
      return Optional.of(
          words.answer(
              StandardCharsets.UTF_8
                  .newDecoder()
                  .decode(ByteBuffer.wrap(heard.array(), 0, bytes))
                  .toString()));
    } catch (CharacterCodingException e) {
      return Optional.of("error TEXT a line is UTF-8\n");
    }
  }

  private int lineLength() {
    for (int i = 0; i < heard.position(); i++) {
      if (heard.get(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  void endIfSlow() {
    if (System.nanoTime() - beganNanos > PATIENCE_NANOS) {
      close();
    }
  }

  void close() {
    try {
      client.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
