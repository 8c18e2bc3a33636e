package dev.bumpless.router.modbus.interop;

import dev.bumpless.rig.Command;
import dev.bumpless.rig.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Masters that run on Node, from npm, where {@code scripts/test} installs them. */
final class NodePrograms {
  private static final Path PACKAGES = Path.of("target/npm/node_modules").toAbsolutePath();

  private NodePrograms() {}

  static String[] modbusSerial(Path folder, int port) throws IOException, InterruptedException {
    install();
    String script = Program.script(folder, "master.js").toString();
    return new String[] {"env", "NODE_PATH=" + PACKAGES, "node", script, "" + port};
  }

  /** With node-red-contrib-modbus, which polls and writes. */
  static String[] nodeRed(Path folder, int port) throws IOException, InterruptedException {
    install();
    Path user = folder.resolve("node-red");
    Files.createDirectories(user);
    Program.script(folder, "node-red/flows.json");
    Path settings = Program.script(folder, "node-red/settings.js");
    return new String[] {
      "env",
      "MODBUS_PORT=" + port,
      "node",
      PACKAGES.resolve("node-red/red.js").toString(),
      "--userDir",
      user.toString(),
      "--settings",
      settings.toString()
    };
  }

  /** As {@code scripts/test} does; does nothing where they are. */
  private static void install() throws IOException, InterruptedException {
    String libraries =
        "set -euo pipefail; . ../scripts/lib/common.sh; . ../scripts/lib/install.sh; ";
    Command.run("bash", "-c", libraries + "need_modbus_masters");
  }
}
