package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.HealthProbe;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.manifest.HealthCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Every kind of health check of the manifest. Any thread may call. */
public final class ContainerProbe implements HealthProbe {
  private static final int MAX_OUTPUT_CHARS = 200;

  private final ContainerExec exec;

  public ContainerProbe(ContainerExec exec) {
    this.exec = exec;
  }

  @Override
  public Result probe(HealthCheck check, ObservedContainer container, Duration timeout) {
    if (!container.isRunning()) {
      return new Result(
          false,
          "container %s is %s"
              .formatted(container.container(), container.state())
              .toLowerCase(Locale.ROOT));
    }
    if (check instanceof HealthCheck.Http http) {
      return overNetwork(new HttpProbe(http), container, timeout);
    }
    if (check instanceof HealthCheck.Tcp tcp) {
      return overNetwork(new TcpProbe(tcp), container, timeout);
    }
    if (check instanceof HealthCheck.Modbus modbus) {
      return overNetwork(new ModbusProbe(modbus), container, timeout);
    }
    if (check instanceof HealthCheck.Exec command) {
      return inside(command, container, timeout);
    }
    throw new IllegalStateException("no probe for " + check);
  }

  private static Result overNetwork(
      SocketProbe probe, ObservedContainer container, Duration timeout) {
    return container.address().isEmpty()
        ? new Result(false, "container %s has no address".formatted(container.container()))
        : probe.run(container.address(), timeout);
  }

  private Result inside(HealthCheck.Exec check, ObservedContainer container, Duration timeout) {
    String asked = "%s in %s".formatted(check.command(), check.container());
    try {
      ContainerExec.Ended ended = exec.run(container.id(), check.command(), timeout);
      String said = ended.output().isEmpty() ? "" : ": " + shortened(ended.output());
      return new Result(ended.exitCode() == 0, asked + " ended with " + ended.exitCode() + said);
    } catch (IOException e) {
      return new Result(false, asked + ": " + e.getMessage());
    }
  }

  private static String shortened(String output) {
    return output.length() <= MAX_OUTPUT_CHARS
        ? output
        : output.substring(0, MAX_OUTPUT_CHARS) + "…";
  }
}
