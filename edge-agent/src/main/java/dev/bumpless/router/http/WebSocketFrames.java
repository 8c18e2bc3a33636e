package dev.bumpless.router.http;

import io.netty.buffer.ByteBuf;

/**
 * Where frames end in a stream of WebSocket bytes (RFC 6455, 5.2). Reads lengths, nothing else. Not
 * thread-safe.
 */
final class WebSocketFrames {
  /** Bytes of the frame's head that have been read, of those that are known to be in it. */
  private int headRead;

  private int headLength = 2;
  private int lengthBytes;
  private boolean masked;
  private long payload;

  /** Whether the last byte seen was the last of a frame, or none was seen. */
  boolean isAtBoundary() {
    return headRead == 0 && payload == 0;
  }

  /**
   * Follows the readable bytes, which are left as they are.
   *
   * @param stop whether to stop at the end of the first frame
   * @return how many bytes were followed
   */
  int follow(ByteBuf bytes, boolean stop) {
    int from = bytes.readerIndex();
    int at = from;
    int end = bytes.writerIndex();
    while (at < end) {
      if (headRead == 0 && payload > 0) {
        int step = (int) Math.min(payload, end - at);
        payload -= step;
        at += step;
      } else {
        head(bytes.getUnsignedByte(at++));
      }
      if (stop && isAtBoundary()) {
        break;
      }
    }
    return at - from;
  }

  private void head(int value) {
    if (headRead == 0) {
      headLength = 2;
      payload = 0;
    } else if (headRead == 1) {
      masked = (value & 0x80) != 0;
      int length = value & 0x7f;
      lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
      payload = lengthBytes == 0 ? length : 0;
      headLength = 2 + lengthBytes + (masked ? 4 : 0);
    } else if (headRead < 2 + lengthBytes) {
      payload = payload << 8 | value;
    }
    headRead++;
    if (headRead >= 2 && headRead == headLength) {
      headRead = 0;
    }
  }
}
