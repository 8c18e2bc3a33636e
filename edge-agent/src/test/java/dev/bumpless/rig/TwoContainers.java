package dev.bumpless.rig;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HostConfig;
import dev.bumpless.agent.docker.DockerExec;
import dev.bumpless.agent.docker.DockerExec.Outcome;
import dev.bumpless.agent.docker.EngineSpace;
import dev.bumpless.agent.docker.StreamedExec;
import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.agent.state.StateTransfers;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateTransfer;
import dev.bumpless.agent.swap.StateTransfer.Side;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An old and a new version as two containers of one image, {@code app} of {@code blue/0} and {@code
 * green/0}, and what carries state between them. Each has 1 MiB of disk at {@code /small}.
 */
final class TwoContainers implements AutoCloseable {
  static final String NAME = "app";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EngineSpace space;
  private final String image;
  private final List<String> program;
  private final List<String> env;
  private final Side blue;
  private final Side green;

  private TwoContainers(EngineSpace space, String image, List<String> program, List<String> env)
      throws EngineException {
    this.space = space;
    this.image = image;
    this.program = program;
    this.env = env;
    this.blue = start(Slot.BLUE);
    this.green = start(Slot.GREEN);
  }

  /** Of the image's first layer, running the program. */
  static TwoContainers start(Path folder, TinyImage image, List<String> program, String... env)
      throws EngineException, IOException, InterruptedException {
    EngineSpace space = EngineSpace.open(folder);
    String name = "bumpless-" + space.settings().space() + ":1";
    Path layer =
        Files.write(Files.createTempFile(folder, "image", ".tar.gz"), image.layers().get(0));
    Command.run("docker", "import", layer.toString(), name);
    List<String> all = new ArrayList<>(List.of(env));
    all.add("PATH=/bin");
    return new TwoContainers(space, name, program, all);
  }

  StateTransfer transfers() {
    StreamedExec exec = new StreamedExec(space.connection());
    return new StateTransfers(LooseAgent.commands(exec), new LooseAgent.NoVolumes());
  }

  Side blue() {
    return blue;
  }

  Side green() {
    return green;
  }

  /** What a shell command in it writes, whatever its exit code. */
  String blueSays(String command) throws EngineException {
    return says(blue, command);
  }

  String greenSays(String command) throws EngineException {
    return says(green, command);
  }

  void killBlue() throws EngineException {
    client().killContainerCmd(id(blue)).exec();
  }

  @Override
  public void close() throws EngineException {
    DockerClient client = client();
    client.removeContainerCmd(id(blue)).withForce(true).exec();
    client.removeContainerCmd(id(green)).withForce(true).exec();
    client.removeImageCmd(image).withForce(true).exec();
    space.close();
  }

  private String says(Side side, String command) throws EngineException {
    List<String> words = List.of("sh", "-c", command);
    Outcome outcome = new DockerExec(space.connection()).run(id(side), words, PATIENCE);
    return outcome.output();
  }

  private static String id(Side side) {
    return side.containers().get(0).id();
  }

  private DockerClient client() throws EngineException {
    return space.client();
  }

  private Side start(Slot slot) throws EngineException {
    DockerClient client = client();
    String id =
        client
            .createContainerCmd(image)
            .withCmd(program)
            .withEnv(env)
            .withLabels(space.label())
            .withHostConfig(HostConfig.newHostConfig().withTmpFs(Map.of("/small", "size=1m")))
            .exec()
            .getId();
    client.startContainerCmd(id).exec();
    String address =
        client
            .inspectContainerCmd(id)
            .exec()
            .getNetworkSettings()
            .getNetworks()
            .get("bridge")
            .getIpAddress();
    return Sides.running(slot, NAME, id, address);
  }
}
