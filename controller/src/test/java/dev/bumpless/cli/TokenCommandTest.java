package dev.bumpless.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.cli.StubController.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void init() throws IOException {
    assertThat(run("init", folder.toString()).exitCode()).isZero();
  }

  @Test
  void printsATokenOnceListsAndDeletes() throws IOException {
    Result created = run("token", "create", folder.toString(), "ann");

    assertThat(created.exitCode()).as(created.err()).isZero();
    assertThat(created.out()).matches("ann\\.[A-Za-z0-9_-]{43}\n");
    assertThat(created.err()).contains("not shown again");
    assertThat(run("token", "list", folder.toString()).out().lines())
        .containsExactly("NAME", "ann");
    assertThat(run("token", "create", folder.toString(), "ci", "-o", "json").out())
        .contains("\"name\" : \"ci\"", "\"token\" : \"ci.");
    assertThat(run("token", "list", folder.toString(), "-o", "json").out())
        .contains("\"ann\", \"ci\"");
    assertThat(run("token", "delete", folder.toString(), "ann").out())
        .isEqualTo("deleted: token ann\n");
    assertThat(run("token", "list", folder.toString()).out().lines()).containsExactly("NAME", "ci");
  }

  @Test
  void refusesWhatCannotBe() throws IOException {
    run("token", "create", folder.toString(), "ann");

    Result again = run("token", "create", folder.toString(), "ann");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("there is a token 'ann' already").contains("token list");
    assertThat(run("token", "create", folder.toString(), "controller").exitCode()).isEqualTo(2);
    assertThat(run("token", "delete", folder.toString(), "bob").exitCode()).isEqualTo(2);
    assertThat(run("token", "create", folder.resolve("none").toString(), "ann").exitCode())
        .isEqualTo(1);
    assertThat(run("token").exitCode()).isEqualTo(2);
  }

  private static Result run(String... args) throws IOException {
    try (StubController controller = new StubController()) {
      return controller.run(Map.of(), "", args);
    }
  }
}
