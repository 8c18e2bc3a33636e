package dev.bumpless.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorTest {
  @TempDir Path folder;
  private Path from;
  private Path to;
  private Mirror mirror;

  @BeforeEach
  void makeFolders() throws IOException {
    from = Files.createDirectory(folder.resolve("from"));
    to = Files.createDirectory(folder.resolve("to"));
    mirror = new Mirror(from, to, 0);
  }

  @Test
  void everything_promised_is_carried() throws IOException {
    write("a/b/deep", "deep");
    write("empty", "");
    write("späte Tür\n2", "a name with a line break");
    Files.createDirectories(from.resolve("a/hollow"));
    Files.createSymbolicLink(from.resolve("link"), Path.of("a/b/deep"));
    Files.createSymbolicLink(from.resolve("dangling"), Path.of("/nowhere/at/all"));
    Files.createLink(from.resolve("a/second-name"), from.resolve("a/b/deep"));
    Files.setPosixFilePermissions(
        from.resolve("empty"), PosixFilePermissions.fromString("r-x-w---x"));
    Files.setAttribute(from.resolve("a/b"), "unix:mode", 01777);
    Files.setLastModifiedTime(
        from.resolve("a/b/deep"), FileTime.from(Instant.ofEpochSecond(86_400)));
    Files.setLastModifiedTime(from.resolve("a/hollow"), FileTime.from(Instant.ofEpochSecond(99)));

    mirror.copyExactly();

    assertSame();
  }

  @Test
  void owners_are_carried_and_so_are_the_bits_that_a_change_of_owner_takes_away()
      throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
    write("program", "x");
    Files.createSymbolicLink(from.resolve("link"), Path.of("program"));
    own("program", 1234, 4321);
    own("link", 7, 8);
    Files.setAttribute(from.resolve("program"), "unix:mode", 06755);

    mirror.copyExactly();

    assertSame();
  }

  @Test
  void what_was_there_before_is_gone_or_replaced() throws IOException {
    write("file", "new");
    write("folder/inside", "new");
    Files.createSymbolicLink(from.resolve("link"), Path.of("file"));
    Files.createDirectories(to.resolve("file/was/a/folder"));
    Files.writeString(to.resolve("folder"), "was a file");
    Files.writeString(to.resolve("link"), "was a file too");
    Files.createDirectories(to.resolve("left/over"));
    Files.writeString(to.resolve("left/over/thing"), "old");

    mirror.copyExactly();

    assertSame();
  }

  @Test
  void a_change_of_the_same_size_with_the_old_time_set_again_is_found() throws IOException {
    write("register", "1111");
    FileTime before = Files.getLastModifiedTime(from.resolve("register"));
    mirror.copy();

    write("register", "2222");
    Files.setLastModifiedTime(from.resolve("register"), before);
    mirror.copyExactly();

    assertThat(to.resolve("register")).hasContent("2222");
    assertSame();
  }

  @Test
  void a_write_through_a_memory_map_that_was_open_all_the_time_is_found() throws IOException {
    assumeTrue(!Files.getFileStore(from).type().equals("tmpfs"), "tmpfs has no dirty pages");
    Path file = from.resolve("mapped");
    write("mapped", "0".repeat(8192));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 8192);
      map.put(4096, (byte) 'a');
      Awaitility.await().until(() -> Entry.of(file).isSettledAt(Instant.now()));
      mirror.copy();

      map.put(4096, (byte) 'b');
      mirror.copyExactly();

      assertSame();
    }
  }

  @Test
  void of_a_large_file_only_the_blocks_that_differ_are_written() throws IOException {
    byte[] noise = new byte[3 << 20];
    new Random(1).nextBytes(noise);
    Files.write(from.resolve("db"), noise);
    mirror.copy();
    long before = mirror.writtenBytes();

    noise[1 << 20] ^= 1;
    noise[(2 << 20) + 5000] ^= 1;
    Files.write(from.resolve("db"), noise);
    mirror.copyExactly();

    assertSame();
    assertThat(mirror.writtenBytes() - before).isEqualTo(2 * 4096);
  }

  @Test
  void a_file_that_grew_or_shrank_has_its_new_length() throws IOException {
    write("grows", "x".repeat(5000));
    write("shrinks", "y".repeat(700_000));
    mirror.copy();

    write("grows", "x".repeat(600_001));
    write("shrinks", "y".repeat(3));
    mirror.copyExactly();

    assertSame();
  }

  @Test
  void holes_stay_holes() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(from.resolve("sparse").toFile(), "rw")) {
      file.seek(20 << 20);
      file.write(1);
      file.setLength(64 << 20);
    }

    mirror.copyExactly();

    assertSame();
    assertThat(mirror.writtenBytes()).isLessThanOrEqualTo(4096);
  }

  @Test
  void a_file_that_lost_its_second_name_does_not_change_under_the_other() throws IOException {
    write("one", "shared");
    Files.createLink(from.resolve("two"), from.resolve("one"));
    mirror.copy();
    assertSame();

    Files.delete(from.resolve("two"));
    write("two", "of its own");
    mirror.copyExactly();

    assertSame();
  }

  @Test
  void a_socket_is_left_out_and_a_pipe_is_refused() throws Exception {
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(from.resolve("socket")));
      mirror.copyExactly();
      assertThat(to.resolve("socket")).doesNotExist();
    }
    assertThat(new ProcessBuilder("mkfifo", from.resolve("pipe").toString()).start().waitFor())
        .isZero();

    assertThatThrownBy(mirror::copy).hasMessageContaining("'pipe' is a pipe or a device");
  }

  @Test
  void a_copy_stops_before_it_takes_the_room_of_what_serves_and_gives_back_what_it_took()
      throws IOException {
    write("some", "thing");
    Mirror greedy = new Mirror(from, to, Long.MAX_VALUE / 2);

    assertThatThrownBy(greedy::copy)
        .isInstanceOf(Disk.NoRoomException.class)
        .hasMessageContaining("no room for a second copy");

    assertThat(to).isEmptyDirectory();
  }

  @Test
  void an_exact_copy_of_what_somebody_still_writes_fails() throws Exception {
    for (int i = 0; i < 200; i++) {
      write("file" + i, "x");
    }
    try (Scribe scribe = new Scribe(() -> write("file7", String.valueOf(System.nanoTime())))) {
      assertThat(scribe.isAlive()).isTrue();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 50; i++) {
                  mirror.copyExactly();
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("changed while it was copied");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void after_random_changes_under_the_copies_the_last_one_is_exact(long seed) throws Exception {
    Changes changes = new Changes(from, new Random(seed));
    for (int i = 0; i < 200; i++) {
      changes.next();
    }
    try (Scribe scribe = new Scribe(changes::next)) {
      assertThat(scribe.isAlive()).isTrue();
      for (int pass = 0; pass < 3; pass++) {
        mirror.copy();
      }
    }
    for (int i = 0; i < 20; i++) {
      changes.next();
    }

    mirror.copyExactly();

    assertSame();
  }

  private void assertSame() throws IOException {
    assertThat(Snapshot.of(to)).isEqualTo(Snapshot.of(from));
  }

  private void write(String name, String content) throws IOException {
    Path file = from.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void own(String name, int user, int group) throws IOException {
    Files.setAttribute(from.resolve(name), "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(from.resolve(name), "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
  }

  /** Something that writes. */
  interface Work {
    void run() throws IOException;
  }

  /** Does it again and again, until it is closed. */
  private static final class Scribe implements AutoCloseable {
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final CompletableFuture<Void> writing;

    Scribe(Work work) {
      writing = CompletableFuture.runAsync(() -> write(work));
    }

    private void write(Work work) {
      try {
        while (!isOver.get()) {
          work.run();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean isAlive() {
      return !writing.isDone();
    }

    @Override
    public void close() {
      isOver.set(true);
      writing.join();
    }
  }
}
