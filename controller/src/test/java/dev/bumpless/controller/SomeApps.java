package dev.bumpless.controller;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.protocol.MessageCodec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Apps of one container and one port, written as {@code name image port protocol}. */
public final class SomeApps implements MessageCodec.AppText {
  public static App app(String name, String image, int port) {
    return app(name, image, port, Port.Protocol.HTTP);
  }

  public static App app(String name, String image, int port, Port.Protocol protocol) {
    Container container =
        new Container(
            "main",
            ImageRef.parse(image),
            List.of(),
            List.of(),
            Optional.empty(),
            Map.of(),
            List.of(),
            List.of(),
            new Container.Resources(64 << 20, 0, Container.Resources.DEFAULT_PIDS),
            Container.Security.DEFAULT,
            Set.of());
    return new App(
        new AppName(name),
        List.of(container),
        List.of(new Port(Optional.empty(), port, "main", 80, protocol)),
        List.of(),
        ProbePolicy.DEFAULT,
        1,
        UpgradePolicy.DEFAULT,
        List.of(),
        Set.of());
  }

  /** The pump as a person writes it, on port 1880. */
  public static String yaml(String image) {
    return yaml(image, 1880);
  }

  /** The pump as a person writes it. */
  public static String yaml(String image, int port) {
    return """
        apiVersion: bumpless.dev/v1
        kind: App
        name: pump
        containers:
          - { name: main, image: "%s", resources: { memory: 64Mi } }
        ports:
          - { listen: %d, container: main, target: 80, protocol: http }
        """
        .formatted(image, port);
  }

  @Override
  public String write(App app) {
    Port port = app.ports().get(0);
    return app.name()
        + " "
        + app.containers().get(0).image()
        + " "
        + port.listen()
        + " "
        + port.protocol();
  }

  @Override
  public App parse(String text) {
    String[] words = text.split(" ", 4);
    return app(words[0], words[1], Integer.parseInt(words[2]), Port.Protocol.valueOf(words[3]));
  }
}
