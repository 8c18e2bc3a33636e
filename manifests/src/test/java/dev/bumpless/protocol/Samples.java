package dev.bumpless.protocol;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Small valid messages for tests of all modules. */
public final class Samples {
  public static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  public static final DeviceId DEVICE = new DeviceId("dev-1");
  public static final AppName PUMP = new AppName("pump");
  public static final String DIGEST = "sha256:" + "ab".repeat(32);

  private Samples() {}

  public static App app(String name) {
    Container container =
        new Container(
            "main",
            ImageRef.parse("127.0.0.1:5000/" + name + ":1@" + DIGEST),
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
        List.of(),
        List.of(),
        ProbePolicy.DEFAULT,
        1,
        UpgradePolicy.DEFAULT,
        List.of(),
        Set.of());
  }

  public static Release release(String app, long counter, long floor) {
    return new Release(
        new ReleaseId(new AppName(app), counter),
        floor,
        app(app),
        Map.of("main", Map.of("linux/amd64", new Release.PlatformImage(DIGEST, 12_345))),
        NOW.minusSeconds(3600));
  }

  /** Writes an app as its name alone: enough for {@link #app}. */
  public static MessageCodec codec() {
    return new MessageCodec(
        new MessageCodec.AppText() {
          @Override
          public String write(App app) {
            return app.name().value();
          }

          @Override
          public App parse(String text) {
            return app(text);
          }
        });
  }
}
