package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.manifest.HealthCheck;
import java.net.Socket;

/**
 * Passes when the container accepts a connection. No proxy is between, so it is the app that
 * accepts.
 */
record TcpProbe(HealthCheck.Tcp check) implements SocketProbe {
  @Override
  public String asked(String address) {
    return "connecting to " + address + ":" + check.port();
  }

  @Override
  public int port() {
    return check.port();
  }

  @Override
  public Result talk(Socket socket, Deadline deadline) {
    return new Result(true, check.port() + " accepts connections");
  }
}
