package dev.bumpless.controller;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second controller away from the same state, as long as this process lives. */
final class StateLock implements AutoCloseable {
  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  static StateLock take(Path state) throws IOException {
    Path file = state.resolve("controller.lock");
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new StateLock(channel);
      }
    } catch (OverlappingFileLockException e) {
      // this very process has it
    }
    channel.close();
    throw new IOException("another controller runs on " + state + " (it holds " + file + ")");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
