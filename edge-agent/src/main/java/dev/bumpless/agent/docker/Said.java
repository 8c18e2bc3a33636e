package dev.bumpless.agent.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command writes: its standard output goes on to a stream, and of what it says to people the
 * end is kept. Used by one thread, read by another when that has ended.
 */
final class Said implements AttachedExec.Output {
  private static final int MOST_BYTES = 1024;

  /** What the engine itself ends with where it could not start the command. */
  private static final int CANNOT_RUN = 126;

  private static final int NOT_FOUND = 127;

  private final OutputStream out;
  private final byte[] end = new byte[MOST_BYTES];
  private final byte[] begin = new byte[MOST_BYTES];
  private int endBytes;
  private int beginBytes;

  Said(OutputStream out) {
    this.out = out;
  }

  @Override
  public void standard(byte[] bytes, int count) throws IOException {
    int room = Math.min(MOST_BYTES - beginBytes, count);
    System.arraycopy(bytes, 0, begin, beginBytes, room);
    beginBytes += room;
    out.write(bytes, 0, count);
  }

  @Override
  public void error(byte[] bytes, int count) {
    int added = Math.min(count, MOST_BYTES);
    int kept = Math.min(endBytes, MOST_BYTES - added);
    System.arraycopy(end, endBytes - kept, end, 0, kept);
    System.arraycopy(bytes, count - added, end, kept, added);
    endBytes = kept + added;
  }

  /**
   * For a person, on one line. Why a command did not start the engine writes to its standard
   * output.
   */
  String of(int exitCode) {
    boolean engineSpoke = endBytes == 0 && (exitCode == CANNOT_RUN || exitCode == NOT_FOUND);
    return engineSpoke
        ? LastWords.clean(new String(begin, 0, beginBytes, StandardCharsets.UTF_8))
        : LastWords.clean(new String(end, 0, endBytes, StandardCharsets.UTF_8));
  }
}
