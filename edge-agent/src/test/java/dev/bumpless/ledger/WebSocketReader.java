package dev.bumpless.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Cuts a stream of bytes into WebSocket frames as a server sends them (RFC 6455): not masked. */
final class WebSocketReader {
  private static final int LONGEST_FRAME = 1 << 20;

  private final ByteArrayOutputStream buffered = new ByteArrayOutputStream();

  /**
   * A frame.
   *
   * @param opcode 1 text, 2 binary, 8 close, 9 ping, 10 pong
   * @param payload each byte a character
   */
  record Frame(int opcode, boolean isFinal, String payload) {
    /** Of a close frame; 1005 where it has none. */
    int closeCode() {
      return payload.length() < 2 ? 1005 : payload.charAt(0) << 8 | payload.charAt(1);
    }
  }

  /** Takes all bytes that are there. */
  void feed(ByteBuffer bytes) {
    byte[] some = new byte[bytes.remaining()];
    bytes.get(some);
    buffered.writeBytes(some);
  }

  /** The next whole frame of what was fed. */
  Optional<Frame> next() throws GarbledException {
    ByteBuffer bytes = ByteBuffer.wrap(buffered.toByteArray());
    if (bytes.remaining() < 2) {
      return Optional.empty();
    }
    int first = bytes.get();
    int second = bytes.get() & 0xff;
    if (second >= 0x80 || (first & 0x70) != 0) {
      throw new GarbledException("a frame that is masked or uses reserved bits");
    }
    Optional<Long> length = length(second, bytes);
    if (length.isEmpty() || bytes.remaining() < length.get()) {
      return Optional.empty();
    }
    byte[] payload = new byte[length.get().intValue()];
    bytes.get(payload);
    buffered.reset();
    feed(bytes);
    return Optional.of(new Frame(first & 0x0f, first < 0, new String(payload, ISO_8859_1)));
  }

  private static Optional<Long> length(int second, ByteBuffer bytes) throws GarbledException {
    int more = second == 126 ? 2 : second == 127 ? 8 : 0;
    if (bytes.remaining() < more) {
      return Optional.empty();
    }
    long length = more == 0 ? second : more == 2 ? bytes.getShort() & 0xffff : bytes.getLong();
    if (length < 0 || length > LONGEST_FRAME) {
      throw new GarbledException("a frame of " + length + " bytes");
    }
    return Optional.of(length);
  }

  /** Whether a frame has begun that is not complete. */
  boolean isMidFrame() {
    return buffered.size() > 0;
  }

  /** A frame from a client: masked, with a constant key, which hides nothing and need not. */
  static byte[] masked(int opcode, String text) {
    byte[] payload = text.getBytes(ISO_8859_1);
    int head = payload.length < 126 ? 2 : 4;
    ByteBuffer frame = ByteBuffer.allocate(head + 4 + payload.length);
    frame.put((byte) (0x80 | opcode));
    if (head == 2) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    byte[] key = {1, 2, 3, 4};
    frame.put(key);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ key[i % 4]));
    }
    return frame.array();
  }
}
