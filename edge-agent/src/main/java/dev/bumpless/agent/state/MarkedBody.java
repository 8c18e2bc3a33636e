package dev.bumpless.agent.state;

import dev.bumpless.agent.http.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Takes the mark of a state while somebody reads it, and ends what is too long. One thread. */
final class MarkedBody extends InputStream {
  static final long MOST_BYTES = 64L << 20;

  private final Optional<String> etag;
  private final InputStream in;
  private final MessageDigest digest;
  private long bytes;

  MarkedBody(Answer state) {
    this.etag = state.header("etag");
    this.in = state.body();
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int from, int most) throws IOException {
    int count = in.read(to, from, most);
    if (count > 0) {
      bytes += count;
      if (bytes > MOST_BYTES) {
        throw new IOException(
            "the state is longer than %d MiB: what is that large belongs into a volume"
                .formatted(MOST_BYTES >> 20));
      }
      digest.update(to, from, count);
    }
    return count;
  }

  /** Once all is read. */
  Mark mark() {
    return Mark.of(etag, digest.digest(), bytes);
  }
}
