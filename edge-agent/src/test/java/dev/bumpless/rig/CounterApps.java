package dev.bumpless.rig;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The app that counts as the app of a {@link RigDevice}, with its number carried in every way. */
final class CounterApps {
  private static final String MANIFEST =
      """
      apiVersion: bumpless.dev/v1
      kind: App
      name: swapped
      containers:
        - name: web
          image: "%s"
          env: { VERSION: "%d"%s }
          resources: { memory: 32Mi }
          %s
      ports:
        - { listen: %d, container: web, target: 8080, protocol: http }
      health:
        - { container: web, http: /, port: 8080 }
      probe: { interval: 100ms, timeout: 2s, healthyAfter: 2, startWithin: 30s }
      upgrade: { hold: %s, drain: 1s, bake: 2s%s }
      state: [ %s ]
      """;

  /** The volume that {@code /app dump} fills. */
  static final String DUMP_VOLUME = "dump";

  private static final String DUMP = "volumes: [ \"%s:/dump\" ]".formatted(DUMP_VOLUME);
  private static final String SHARED = "{ kind: volume, mode: shared }";
  private static final String HTTP = "{ kind: http, container: web, port: 8080, path: /state }";

  private CounterApps() {}

  static List<TinyImage> images(Path folder) throws IOException, InterruptedException {
    byte[] program = Files.readAllBytes(TestApp.compileCounter(folder));
    return List.of(TinyImage.ofProgram(program, "one"), TinyImage.ofProgram(program, "two"));
  }

  /** By GET and PUT. */
  static App http(RigDevice device, int version) {
    return app(device, version, "", "", "10s", "", HTTP);
  }

  /** By commands, from one that acts to one that begins at rest. */
  static App standby(RigDevice device, int version) {
    return app(
        device,
        version,
        ", PASSIVE: \"1\"",
        "",
        "10s",
        ", overlap: standby, promote: [ { container: web, exec: [ /app, act ] } ],"
            + " demote: [ { container: web, exec: [ /app, rest ] } ]",
        exec("save"));
  }

  /** In a volume of each slot, of which one runs at a time. */
  static App alone(RigDevice device, int version) {
    return app(
        device,
        version,
        ", FILE: /data/number",
        "volumes: [ \"data:/data\" ]",
        "30s",
        ", overlap: none",
        "{ kind: volume, mode: exclusive }");
  }

  /** With nothing carried. */
  static App bare(RigDevice device, int version) {
    return app(device, version, "", "", "10s", "", "");
  }

  /** With nothing carried, and a volume that {@link #dumping} needs. */
  static App withRoomToDump(RigDevice device, int version) {
    return app(device, version, "", DUMP, "10s", "", SHARED);
  }

  /** By GET and PUT, to one in which that goes wrong inside the hold. */
  static App failingHttp(RigDevice device, int version, String fault, String hold) {
    return app(device, version, ", FAULT: " + fault, DUMP, hold, "", HTTP + ", " + SHARED);
  }

  /** By commands, to one in which that goes wrong inside the hold. */
  static App failingImport(RigDevice device, int version, String fault) {
    return app(device, version, ", FAULT: " + fault, DUMP, "10s", "", exec("save") + ", " + SHARED);
  }

  /** By commands, of which the export leaves a file in the volume each time. */
  static App dumping(RigDevice device, int version) {
    return app(device, version, "", DUMP, "10s", "", exec("dump") + ", " + SHARED);
  }

  private static String exec(String export) {
    return "{ kind: exec, container: web, export: [ /app, %s ], import: [ /app, load ] }"
        .formatted(export);
  }

  private static App app(
      RigDevice device,
      int version,
      String env,
      String volumes,
      String hold,
      String upgrade,
      String state) {
    return ManifestParser.parse(
        MANIFEST.formatted(
            device.image(version % 2), version, env, volumes, device.port(), hold, upgrade, state),
        "swapped.yaml");
  }
}
