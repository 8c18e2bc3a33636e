package dev.bumpless.router.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableStoreTest {
  @TempDir Path folder;
  private TableStore store;

  @BeforeEach
  void open() throws IOException {
    store = new TableStore(folder.resolve("routes"));
  }

  private void write(AppRecord record) throws IOException {
    store.prepare(record);
    store.commit(record);
  }

  @Test
  void what_was_committed_is_loaded_and_what_was_only_prepared_is_not() throws IOException {
    write(Samples.record(1, Samples.BLUE));
    store.prepare(Samples.record(2, Samples.GREEN));
    assertThat(new TableStore(folder.resolve("routes")).load())
        .containsExactly(Samples.record(1, Samples.BLUE));
    assertThat(folder.resolve("routes")).isDirectoryNotContaining("glob:**.next");
  }

  @Test
  void a_missing_file_is_an_app_that_is_not_known() throws IOException {
    assertThat(store.load()).isEmpty();
    write(Samples.record(1, Samples.BLUE));
    store.remove("pump");
    store.remove("pump");
    assertThat(store.load()).isEmpty();
  }

  @Test
  void a_file_torn_at_any_byte_is_put_aside_and_the_others_are_served() throws IOException {
    AppRecord whole = new AppRecord("a", 1, Samples.routes(), Samples.targets(), Samples.set());
    write(whole);
    byte[] bytes = RecordText.write(Samples.record(7, Samples.GREEN)).getBytes(UTF_8);
    Path file = folder.resolve("routes/pump.routes");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      assertThat(store.load()).as("the first %d bytes", length).containsExactly(whole);
      assertThat(file).doesNotExist();
      assertThat(folder.resolve("routes/pump.routes.broken")).exists();
    }
    write(Samples.record(7, Samples.GREEN));
    assertThat(store.load()).hasSize(2);
  }

  @Test
  void a_file_under_the_name_of_another_app_is_put_aside() throws IOException {
    write(Samples.record(1, Samples.BLUE));
    Files.move(folder.resolve("routes/pump.routes"), folder.resolve("routes/other.routes"));
    assertThat(store.load()).isEmpty();
  }
}
