package dev.bumpless.agent.swap;

import static dev.bumpless.agent.swap.Apps.PUMP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.protocol.ReleaseNeeds;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreflightTest {
  private static final AppName HMI = new AppName("hmi");
  private static final long GIBI = 1L << 30;

  private EngineFacts facts = facts("linux/amd64", "1.41", 8 * GIBI, GIBI);
  private RouteTable table = new RouteTable("boot", Map.of());

  private static EngineFacts facts(String platform, String api, long disk, long memory) {
    return new EngineFacts(platform, "20.10.24", api, true, disk, memory, Set.of());
  }

  private static Release release(String platform, long bytes, int listen) {
    App app = Apps.app(PUMP, 2, 1, Strategy.BLUE_GREEN, listen);
    Release release = Apps.release(app, 2);
    return new Release(
        release.id(),
        release.floor(),
        app,
        Map.of("web", Map.of(platform, new PlatformImage("sha256:aa", bytes))),
        release.createdAt());
  }

  private String objection(Release release) {
    Set<ImageRef> missing = Set.of(release.app().containers().get(0).image());
    return new Preflight(facts, missing, table, "0.0.0.0").objection(release, 1).orElse("none");
  }

  private void routes(AppName app, String listen, String protocol) {
    table =
        new RouteTable(
            "boot",
            Map.of(
                app,
                new AppRoutes(
                    1, new TreeMap<>(Map.of(listen, protocol)), Map.of(), new TreeSet<>())));
  }

  @Test
  void whatFitsIsNotObjectedTo() {
    assertThat(objection(release("linux/amd64", 100L << 20, 1880))).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64, linux/amd64, true",
    "linux/arm64, linux/arm64/v8, true",
    "linux/arm64/v8, linux/arm64, true",
    "linux/arm/v7, linux/arm/v6, true",
    "linux/arm/v6, linux/arm/v7, false",
    "linux/amd64, linux/arm64, false",
    "linux/arm64, linux/arm/v7, false"
  })
  void imagesHaveToBeMadeForTheMachine(String machine, String image, boolean fits) {
    facts = facts(machine, "1.41", 8 * GIBI, GIBI);

    String objection = objection(release(image, 1, 1880));

    if (fits) {
      assertThat(objection).isEqualTo("none");
    } else {
      assertThat(objection).contains("made for [" + image + "]", "this device is " + machine);
    }
  }

  @Test
  void diskHasToHoldTheImagesUnpackedAndAReserve() {
    long hundred = 100L << 20;
    facts = facts("linux/amd64", "1.41", 3 * hundred + ReleaseNeeds.DISK_RESERVE_BYTES, GIBI);
    assertThat(objection(release("linux/amd64", hundred, 1880))).isEqualTo("none");
    Release larger = release("linux/amd64", hundred + 1, 1880);
    assertThat(
            ReleaseNeeds.of(larger).diskShortage(i -> true, "linux/amd64", facts.freeDiskBytes()))
        .contains(objection(larger));
  }

  @Test
  void imagesThatAreThereNeedNoDisk() {
    facts = facts("linux/amd64", "1.41", 0, GIBI);
    Preflight preflight = new Preflight(facts, Set.of(), table, "0.0.0.0");

    assertThat(preflight.objection(release("linux/amd64", GIBI, 1880), 1)).isEmpty();
  }

  @Test
  void memoryHasToHoldTheLimitsOfTheNewInstancesAndAReserve() {
    facts = facts("linux/amd64", "1.41", 8 * GIBI, 128L << 20);
    Preflight preflight = new Preflight(facts, Set.of(), table, "0.0.0.0");
    Release release = release("linux/amd64", 1, 1880);

    assertThat(preflight.objection(release, 1)).isEmpty();
    assertThat(preflight.objection(release, 2).orElseThrow())
        .contains("2 instance(s)", "192 MiB of memory", "128 MiB are available")
        .isEqualTo(ReleaseNeeds.of(release).memoryShortage(2, 128L << 20).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:1880, true",
    "127.0.0.1:1880, true",
    "[::]:1880, true",
    "0.0.0.0:1881, false",
    "127.0.0.1:11880, false"
  })
  void portsOfOtherProgramsAreTaken(String taken, boolean clashes) {
    facts =
        new EngineFacts(
            "linux/amd64", "20.10.24", "1.41", true, 8 * GIBI, GIBI, Set.of(taken, "0.0.0.0:22"));

    String objection = objection(release("linux/amd64", 1, 1880));

    if (clashes) {
      assertThat(objection)
          .contains("0.0.0.0:1880 is taken by another program", "listens on " + taken + ";");
    } else {
      assertThat(objection).isEqualTo("none");
    }
  }

  /** Without IPv4 sockets of its own, a JVM listens on the dual wildcard. */
  @ParameterizedTest
  @CsvSource({"0.0.0.0:1880, 1880", "[::]:1880, 1880", "[::]:1881, 1880"})
  void whatTheRouterListensOnIsNoStranger(String listening, int wanted) {
    facts =
        new EngineFacts("linux/amd64", "20.10.24", "1.41", true, 8 * GIBI, GIBI, Set.of(listening));
    routes(PUMP, "0.0.0.0:" + listening.substring(listening.lastIndexOf(':') + 1), "http");

    assertThat(objection(release("linux/amd64", 1, wanted))).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:1880, true",
    "127.0.0.1:1880, true",
    "0.0.0.0:1881, false",
    "10.0.0.1:11880, false"
  })
  void portsOfOtherAppsAreTaken(String taken, boolean clashes) {
    routes(HMI, taken, "http");

    String objection = objection(release("linux/amd64", 1, 1880));

    if (clashes) {
      assertThat(objection).contains("0.0.0.0:1880 is taken by app 'hmi'");
    } else {
      assertThat(objection).isEqualTo("none");
    }
  }

  @Test
  void limitsOfARouteMayChange() {
    routes(PUMP, "0.0.0.0:1880", "http,answer=1000ms,pipelined=1");
    assertThat(objection(release("linux/amd64", 1, 1880))).isEqualTo("none");

    routes(PUMP, "0.0.0.0:1880", "modbus,answer=1000ms,pipelined=1");
    assertThat(objection(release("linux/amd64", 1, 1880))).contains("changes from modbus to http");
  }

  @Test
  void anAppKeepsItsPortsAndTheirProtocol() {
    routes(PUMP, "0.0.0.0:1880", "http");
    assertThat(objection(release("linux/amd64", 1, 1880))).isEqualTo("none");

    routes(PUMP, "0.0.0.0:1880", "tcp");
    assertThat(objection(release("linux/amd64", 1, 1880))).contains("changes from tcp to http");
  }

  @ParameterizedTest
  @CsvSource({"1.40, false", "1.41, true", "1.52, true", "2.0, true", "strange, false"})
  void enginesThatAreTooOldAreRefused(String api, boolean fits) {
    facts = facts("linux/amd64", api, 8 * GIBI, GIBI);

    assertThat(objection(release("linux/amd64", 1, 1880)).equals("none")).isEqualTo(fits);
  }
}
