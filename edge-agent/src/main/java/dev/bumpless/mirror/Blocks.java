package dev.bumpless.mirror;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Makes one file's content that of another and writes only the blocks that differ: a database of
 * which a page has changed costs its reading, and one block of flash. Holes stay holes.
 *
 * <p>One thread.
 */
final class Blocks {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int BLOCK_BYTES = 4 << 10;

  private final ByteBuffer source = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final ByteBuffer target = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_BYTES);
  private final Disk disk;
  private long written;

  Blocks(Disk disk) {
    this.disk = disk;
  }

  /** All that was ever written. */
  long writtenBytes() {
    return written;
  }

  /**
   * Makes {@code to} what {@code from} is.
   *
   * @param isWritten whether somebody may write to {@code from} now
   * @return CRC-32C of the content
   */
  long copy(Path from, Path to, boolean isWritten) throws IOException {
    try (FileChannel in = open(from, StandardOpenOption.READ);
        FileChannel out =
            open(
                to, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      if (isWritten) {
        // Clean pages are guarded again: a write through a memory map after this shows in ctime.
        in.force(true);
      }
      CRC32C sum = new CRC32C();
      long end = out.size();
      long at = 0;
      while (read(in, source, at, CHUNK_BYTES)) {
        sum.update(source.duplicate());
        read(out, target, at, source.limit());
        write(out, at);
        at += source.limit();
      }
      if (end > at) {
        out.truncate(at);
      } else if (out.size() < at) {
        zeros.clear().limit(1);
        out.write(zeros, at - 1);
      }
      return sum.getValue();
    }
  }

  /** CRC-32C of a file's content. */
  long sum(Path file) throws IOException {
    CRC32C sum = new CRC32C();
    try (FileChannel in = open(file, StandardOpenOption.READ)) {
      for (long at = 0; read(in, source, at, CHUNK_BYTES); at += source.limit()) {
        sum.update(source.duplicate());
      }
    }
    return sum.getValue();
  }

  /** Writes of the chunk what the target does not have. */
  private void write(FileChannel out, long at) throws IOException {
    if (source.equals(target)) {
      return;
    }
    int end = source.limit();
    for (int block = 0; block < end; block += BLOCK_BYTES) {
      int size = Math.min(BLOCK_BYTES, end - block);
      ByteBuffer wanted = source.slice(block, size);
      int there = Math.max(0, Math.min(size, target.limit() - block));
      ByteBuffer present = there == 0 ? zeros.slice(0, size) : target.slice(block, there);
      if (!wanted.equals(present)) {
        disk.take(size - there);
        written += size;
        while (wanted.hasRemaining()) {
          out.write(wanted, at + block + wanted.position());
        }
      }
    }
  }

  /**
   * Fills the buffer from there, and makes it ready to be read.
   *
   * @return whether there was anything
   */
  private static boolean read(FileChannel in, ByteBuffer buffer, long at, int most)
      throws IOException {
    buffer.clear().limit(most);
    while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) >= 0) {
      // until it is full or the file ends
    }
    buffer.flip();
    return buffer.hasRemaining();
  }

  /**
   * @throws FileSystemException if there is no such file, and if it has become a link, of which the
   *     JDK tells by a mere IOException
   */
  private static FileChannel open(Path file, StandardOpenOption... how) throws IOException {
    Set<OpenOption> options = new HashSet<>(List.of(how));
    options.add(LinkOption.NOFOLLOW_LINKS);
    try {
      return FileChannel.open(file, options);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      FileSystemException told = new FileSystemException(file.toString(), null, e.getMessage());
      told.initCause(e);
      throw told;
    }
  }
}
