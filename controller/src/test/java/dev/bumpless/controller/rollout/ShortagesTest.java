package dev.bumpless.controller.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseNeeds;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShortagesTest {
  private static final long MEBI = 1L << 20;
  private static final long ENOUGH = 1L << 40;

  private final Desk desk = new Desk();
  private DeviceId device = new DeviceId("none");

  /** A device that runs pump@1; what comes weighs 100 MiB. */
  @BeforeEach
  void fleet() {
    device = desk.online("dev-1");
    desk.registry.weigh("reg.example/pump:2", 100 * MEBI);
    desk.apply("reg.example/pump:1", Desk.on(device));
    release("reg.example/pump:2");
  }

  @Test
  void aDiskThatIsTooSmallIsToldAsTheDeviceWouldTellItWithTheAgeOfTheReport() {
    says(428 * MEBI - 1, ENOUGH);
    ReleaseNeeds needs = ReleaseNeeds.of(desk.releases.requireNewest(Desk.PUMP).release());
    String itself = needs.diskShortage(image -> true, "linux/amd64", 428 * MEBI - 1).orElseThrow();

    assertThat(shortage("pump@2"))
        .contains("by its report of " + desk.now + " " + itself)
        .hasValueSatisfying(why -> assertThat(why).contains("the images of pump@2 need 428 MiB"));

    says(428 * MEBI, ENOUGH);
    assertThat(shortage("pump@2")).isEmpty();
  }

  @Test
  void tooLittleMemoryIsToldAsTheDeviceWouldTellIt() {
    says(ENOUGH, 128 * MEBI - 1);
    ReleaseNeeds needs = ReleaseNeeds.of(desk.releases.requireNewest(Desk.PUMP).release());

    assertThat(shortage("pump@2"))
        .contains(
            "by its report of "
                + desk.now
                + " "
                + needs.memoryShortage(1, 128 * MEBI - 1).orElseThrow());

    says(ENOUGH, 128 * MEBI);
    assertThat(shortage("pump@2")).isEmpty();
  }

  @Test
  void imagesThatADeviceServesOrKeepsForTheWayBackNeedNoDisk() {
    says(1, ENOUGH);
    release("reg.example/pump:2", 503);
    desk.apply("pump", "reg.example/pump:2", 502, Desk.on(device));
    says(1, ENOUGH);
    assertThat(desk.revision(device).release().counter()).isEqualTo(4);

    assertThat(shortage("pump@3")).isEmpty();
    assertThat(shortage("pump@1")).isEmpty();

    desk.registry.weigh("reg.example/pump:5", MEBI);
    release("reg.example/pump:5");
    assertThat(shortage("pump@5")).isPresent();
  }

  @Test
  void imagesOfAnAppThatFailedThereCountAsMissing() {
    says(1, ENOUGH);
    desk.apply("pump", "reg.example/pump:2", 504, Desk.on(device));
    desk.says(device, Phase.ROLLED_BACK);

    assertThat(shortage("pump@2")).isPresent();
  }

  @Test
  void whatServesAlreadyIsNotAskedFor() {
    says(1, 1);

    assertThat(shortage("pump@1")).isEmpty();
    assertThat(shortage("pump@2")).isPresent();
  }

  @Test
  void whatIsNotKnownIsNoShortage() {
    assertThat(shortage("pump@2")).as("nothing was heard of it").isEmpty();
    says(0, 0);
    assertThat(shortage("pump@2")).as("the device could not find out").isEmpty();
    desk.inventory = new Inventory(Inventory.UNKNOWN, Inventory.UNKNOWN, "0.1.0", 1, 1);
    desk.says(device, Phase.COMMITTED);
    assertThat(shortage("pump@2")).as("its engine was never there").isEmpty();
  }

  @Test
  void aStartIsNotRefusedForIt() {
    says(1, 1);

    Rollout started = desk.rollouts.waves().start(request("pump@2"), desk.now);

    assertThat(started.targets()).hasSize(1);
    assertThat(desk.revision(device).release().counter()).isEqualTo(2);
  }

  @Test
  void aReleaseThatWouldBeMadeIsNamedSo() {
    says(1, ENOUGH);
    desk.registry.weigh("reg.example/pump:9", MEBI);
    WaveRequest request =
        new WaveRequest(
            request("pump.yaml").manifest(),
            Optional.of(SomeApps.app("pump", "reg.example/pump:9", 502)),
            false);

    assertThat(shortage(request).orElseThrow()).contains("the images of pump@new need 131 MiB");
  }

  private void release(String image) {
    release(image, 502);
  }

  private void release(String image, int port) {
    desk.releases.release(desk.releases.pin(SomeApps.app("pump", image, port)), "a test", desk.now);
  }

  private void says(long freeDiskBytes, long availableMemoryBytes) {
    desk.inventory =
        new Inventory("linux/amd64", "20.10.24", "0.1.0", freeDiskBytes, availableMemoryBytes);
    desk.says(device, Phase.COMMITTED);
  }

  private Optional<String> shortage(String app) {
    return shortage(request(app));
  }

  private Optional<String> shortage(WaveRequest request) {
    Preview preview = desk.rollouts.waves().preview(request, desk.now);
    assertThat(preview.rows().get(0).problem()).isEmpty();
    return preview.rows().get(0).shortage();
  }

  private static WaveRequest request(String app) {
    String text =
        "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: pump-2\ntarget: { all: true }\napp: ";
    return new WaveRequest(
        RolloutParser.parse(text + app + "\n", "r.yaml"), Optional.empty(), false);
  }
}
