package dev.bumpless.trust;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * A small file that is replaced as a whole: after a crash or a power cut at any instant it holds
 * the old content or the new one. Written to a neighbour, synced, renamed, and the folder synced.
 * Flash that lies about syncing is found out by the last line, {@code #sha256 HEX} over everything
 * before it. Mode 0600. One thread at a time may write it.
 */
public final class AtomicFile {
  private static final String MARK = "#sha256 ";
  private static final int TRAILER_BYTES = MARK.length() + 64 + 1;
  private static final int MAX_BYTES = 16 * 1024 * 1024;

  private static final Set<StandardOpenOption> WRITE_NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;

  public AtomicFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  public Path path() {
    return file;
  }

  /**
   * The content, empty where there is no file.
   *
   * @throws TornFileException where the file is not as it was written
   */
  public Optional<byte[]> read() throws IOException {
    byte[] all;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new TornFileException(file, "it is larger than anything written there");
      }
      all = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int bodyBytes = all.length - TRAILER_BYTES;
    if (bodyBytes < 0) {
      throw new TornFileException(file, "it is cut off");
    }
    byte[] body = Arrays.copyOf(all, bodyBytes);
    byte[] trailer = Arrays.copyOfRange(all, bodyBytes, all.length);
    if (!Arrays.equals(trailer, trailer(body))) {
      throw new TornFileException(file, "its checksum does not fit its content");
    }
    return Optional.of(body);
  }

  /** Replaces the content; it is on the disk when this returns. Makes the folder where missing. */
  public void write(byte[] body) throws IOException {
    Path folder = parent();
    Files.createDirectories(folder);
    Path next = folder.resolve(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    try (FileChannel channel = FileChannel.open(next, WRITE_NEW, OWNER_ONLY)) {
      writeAll(channel, ByteBuffer.wrap(body));
      writeAll(channel, ByteBuffer.wrap(trailer(body)));
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  /** Removes the file for good; fine where it is missing. */
  public void delete() throws IOException {
    if (Files.deleteIfExists(file)) {
      sync(parent());
    }
  }

  private Path parent() {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalStateException("'" + file + "' is no file in a folder");
    }
    return folder;
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static byte[] trailer(byte[] body) {
    return (MARK + Sha256.hex(body) + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
