package dev.bumpless.agent.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body with a Content-Length. */
final class KnownBody extends InputStream {
  private final InputStream in;
  private final long bytes;
  private long left;

  KnownBody(InputStream in, long bytes) {
    this.in = in;
    this.bytes = bytes;
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int from, int most) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(to, from, (int) Math.min(most, left));
    if (count < 0) {
      throw new EOFException("closed after %d of %d bytes".formatted(bytes - left, bytes));
    }
    left -= count;
    return count;
  }
}
