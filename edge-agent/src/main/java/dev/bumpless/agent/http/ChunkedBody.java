package dev.bumpless.agent.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.regex.Pattern;

/** A body in chunks (RFC 9112, 7.1). What follows the last one is read and forgotten. */
final class ChunkedBody extends InputStream {
  private static final int MOST_LINE_BYTES = 8 * 1024;
  private static final int MOST_TRAILERS = 100;
  private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})[ \t]*(;.*)?");

  private final InputStream in;
  private long left;
  private boolean begun;
  private boolean ended;

  ChunkedBody(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int from, int most) throws IOException {
    if (left == 0 && !ended) {
      next();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(to, from, (int) Math.min(most, left));
    if (count < 0) {
      throw new EOFException("closed within a chunk of the body");
    }
    left -= count;
    return count;
  }

  private void next() throws IOException {
    if (begun && !line().isEmpty()) {
      throw new ProtocolException("a chunk of the body is longer than it says");
    }
    begun = true;
    var size = SIZE.matcher(line());
    if (!size.matches()) {
      throw new ProtocolException("a chunk of the body has no size");
    }
    left = Long.parseLong(size.group(1), 16);
    if (left == 0) {
      skipTrailers();
      ended = true;
    }
  }

  private void skipTrailers() throws IOException {
    for (int i = 0; !line().isEmpty(); i++) {
      if (i == MOST_TRAILERS) {
        throw new ProtocolException("the body has more than 100 trailers");
      }
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("closed between two chunks of the body");
      }
      if (line.length() >= MOST_LINE_BYTES) {
        throw new ProtocolException("a line between two chunks of the body has no end");
      }
      line.append((char) next);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }
}
