package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartOrderTest {
  @Test
  void each_comes_after_what_it_depends_on_and_else_as_written() throws Exception {
    App app =
        app(
            container("web", "cache", "db"),
            container("log"),
            container("cache", "db"),
            container("db"));

    assertThat(StartOrder.of(app).stream().map(Container::name))
        .containsExactly("log", "db", "cache", "web");
  }

  @Test
  void a_circle_is_named() {
    App app = app(container("a", "b"), container("b", "a"), container("c"));

    assertThatThrownBy(() -> StartOrder.of(app)).hasMessageContaining("[a, b]");
  }

  private static App app(Container... containers) {
    return new App(
        new AppName("x"),
        List.of(containers),
        List.of(),
        List.of(),
        ProbePolicy.DEFAULT,
        1,
        UpgradePolicy.DEFAULT,
        List.of(),
        Set.of());
  }

  private static Container container(String name, String... dependsOn) {
    return new Container(
        name,
        ImageRef.parse("x"),
        List.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of(),
        new Container.Resources(1, 0, 1),
        Container.Security.DEFAULT,
        Set.of(dependsOn));
  }
}
