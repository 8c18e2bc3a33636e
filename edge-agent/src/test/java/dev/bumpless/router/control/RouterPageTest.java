package dev.bumpless.router.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.ControlClient;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.table.AppRecord;
import dev.bumpless.router.table.RouteTable;
import dev.bumpless.router.table.TableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/router.md} tells what the router does. */
class RouterPageTest {
  private static final Path PAGE = Path.of("../docs/router.md");

  private final String page = Files.readString(PAGE);

  RouterPageTest() throws IOException {}

  @Test
  void the_page_names_every_command_as_help_writes_it() throws IOException {
    try (RunningRouter router = RunningRouter.start();
        ControlClient control = router.control()) {
      List<String> commands =
          control.askAll("help").stream()
              .filter(line -> line.matches("[a-z].* {2,}.*|(define|copy) .*"))
              .map(line -> line.split(" {2,}", 2)[0].strip())
              .toList();
      assertThat(commands).hasSize(15);
      assertThat(commands)
          .allSatisfy(
              command -> assertThat(page).contains("| `" + command.replace("|", "\\|") + "` |"));
    }
  }

  @Test
  void the_page_tells_every_code() {
    assertThat(Arrays.asList(TableException.Code.values()))
        .allSatisfy(code -> assertThat(page).contains("| `" + code + "` |"));
  }

  @Test
  void the_page_tells_the_limits() {
    assertThat(page)
        .contains("| %d; %d each |".formatted(RouteTable.MOST_APPS, AppRecord.MOST))
        .contains("a hold | %d minutes".formatted(RouteTable.LONGEST_HOLD.toMinutes()))
        .contains("a command | %d KiB".formatted(Session.LONGEST_LINE >> 10))
        .contains("control connections | %d |".formatted(ControlSocket.MOST_SESSIONS));
  }
}
