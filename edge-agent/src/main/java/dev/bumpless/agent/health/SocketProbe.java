package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.HealthProbe.Result;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A probe over one TCP connection of its own. */
interface SocketProbe {

  /** What is asked, for a person: {@code GET http://172.30.1.2:1880/settings}. */
  String asked(String address);

  int port();

  /** Talks on the open connection; every read ends with the deadline. */
  Result talk(Socket socket, Deadline deadline) throws IOException;

  default Result run(String address, Duration timeout) {
    Deadline deadline = Deadline.after(timeout);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port()), deadline.remainingMillis());
      return talk(socket, deadline);
    } catch (SocketTimeoutException e) {
      return failed(address, "no answer within " + timeout.toMillis() + " ms");
    } catch (ConnectException e) {
      return failed(address, "nothing listens there (" + e.getMessage() + ")");
    } catch (IOException e) {
      return failed(address, String.valueOf(e.getMessage()));
    }
  }

  private Result failed(String address, String why) {
    return new Result(false, asked(address) + ": " + why);
  }
}
