package dev.bumpless.rig;

import dev.bumpless.ledger.modbus.WriteLedger;
import dev.bumpless.ledger.modbus.WriteLoad;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import java.time.Duration;

/**
 * A Modbus server as the app of a {@link RigDevice}, and the masters that it has. Deadlines and the
 * hold are long, for machines that are busy with other tests.
 */
final class ModbusApps {
  private static final String STATE =
      """
      state:
        - kind: modbus
          units: [ 1 ]
          copy: [ "coils 0-255", "holding 0-1999" ]
          skip: [ "holding 1990" ]
          volatile: [ "holding 1900" ]
          readOnly: ignore
      """;

  private static final String MANIFEST =
      """
      apiVersion: bumpless.dev/v1
      kind: App
      name: swapped
      containers:
        - { name: web, image: "%s", resources: { memory: 32Mi } }
      ports:
        - { listen: %d, container: web, target: %d, protocol: modbus, modbus: { answer: 4s } }
      health:
        - { container: web, modbus: { unit: 1, holding: 0 }, port: %d }
      probe: { interval: 100ms, timeout: 2s, healthyAfter: 2, startWithin: 30s }
      upgrade: { hold: 5s, drain: 1s, bake: 1s }
      """;

  private ModbusApps() {}

  /** Of that image of the device, with what it holds carried over. */
  static App carried(RigDevice device, int image) {
    return parse(manifest(device, image) + STATE);
  }

  /** With nothing carried over. */
  static App bare(RigDevice device, int image) {
    return parse(manifest(device, image));
  }

  private static String manifest(RigDevice device, int image) {
    return MANIFEST.formatted(
        device.image(image), device.port(), ModbusServer.PORT, ModbusServer.PORT);
  }

  private static App parse(String manifest) {
    return ManifestParser.parse(manifest, "swapped.yaml");
  }

  static WriteLedger ledger(RigDevice device) {
    return WriteLedger.start(
        WriteLoad.on(Ports.address(device.port()))
            .waiting(Duration.ofSeconds(20))
            .pausing(Duration.ofMillis(50))
            .watching(ModbusServer.COUNT));
  }
}
