package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.StreamType;
import dev.bumpless.agent.swap.InstanceKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Containers that run this machine's own programs, labelled as those of instances, so that a test
 * needs neither an image nor a registry. The image without a file is that of the volume copier.
 */
final class Boxes {
  private static final String IMAGE = CopierContainer.IMAGE + ":" + CopierContainer.TAG;

  private final EngineSpace space;

  Boxes(EngineSpace space) {
    this.space = space;
  }

  /** Runs a shell script in an instance that has the volume in {@code /data}. */
  String run(InstanceKey instance, String volume, String script) throws Exception {
    DockerClient client = space.client();
    List<Mount> mounts = new ArrayList<>(programs());
    mounts.add(volume(volume, "/data"));
    String id =
        client
            .createContainerCmd(IMAGE)
            .withEntrypoint("/usr/bin/bash", "-c", script)
            .withEnv("PATH=/usr/bin")
            .withLabels(Labels.ofInstance(space.settings().space(), instance))
            .withHostConfig(HostConfig.newHostConfig().withNetworkMode("none").withMounts(mounts))
            .exec()
            .getId();
    client.startContainerCmd(id).exec();
    return id;
  }

  /** Runs a shell script with both volumes in {@code /a} and {@code /b}; what it has written. */
  String ask(String a, String b, String script) throws Exception {
    DockerClient client = space.client();
    List<Mount> mounts = new ArrayList<>(programs());
    mounts.add(volume(a, "/a"));
    mounts.add(volume(b, "/b"));
    String id =
        client
            .createContainerCmd(IMAGE)
            .withEntrypoint("/usr/bin/bash", "-c", script)
            .withEnv("PATH=/usr/bin", "LC_ALL=C")
            .withLabels(Map.of(Labels.SPACE, space.settings().space()))
            .withHostConfig(HostConfig.newHostConfig().withNetworkMode("none").withMounts(mounts))
            .exec()
            .getId();
    client.startContainerCmd(id).exec();
    client.waitContainerCmd(id).start().awaitCompletion(2, TimeUnit.MINUTES);
    String said = said(id);
    client.removeContainerCmd(id).exec();
    return said;
  }

  /** What it has written to its standard output. */
  String said(String id) throws Exception {
    StringBuilder text = new StringBuilder();
    space
        .client()
        .logContainerCmd(id)
        .withStdOut(true)
        .withStdErr(true)
        .exec(
            new ResultCallback.Adapter<Frame>() {
              @Override
              public void onNext(Frame frame) {
                if (frame.getStreamType() == StreamType.STDOUT
                    || frame.getStreamType() == StreamType.STDERR) {
                  text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                }
              }
            })
        .awaitCompletion(1, TimeUnit.MINUTES);
    return text.toString();
  }

  /** As a stop of the agent's: asked, and killed when it does not. */
  void stop(String id, Duration grace) throws Exception {
    try {
      space.client().stopContainerCmd(id).withTimeout((int) grace.toSeconds()).exec();
    } catch (NotModifiedException hasEnded) {
      // as wanted
    }
  }

  static List<Mount> programs() {
    return Stream.of("/usr", "/lib", "/lib64", "/etc/ld.so.cache")
        .filter(path -> Files.exists(Path.of(path)))
        .map(
            path ->
                new Mount()
                    .withType(MountType.BIND)
                    .withSource(path)
                    .withTarget(path)
                    .withReadOnly(true))
        .toList();
  }

  private static Mount volume(String name, String target) {
    return new Mount().withType(MountType.VOLUME).withSource(name).withTarget(target);
  }
}
