package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client's end of input that reaches the router before it reads: that cost the client its answer
 * once, and the ledger found it.
 */
class HalfCloseTest {
  @TempDir private Path folder;
  private RouterProcess router;
  private ServerSocket app;
  private int listen;

  @BeforeEach
  void route() throws IOException {
    router = RouterProcess.start(folder);
    app = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    listen = Ports.free();
    try (ControlLine control = router.control()) {
      control.ask(
          "define echo route=127.0.0.1:%1$d/tcp target=blue/0,127.0.0.1:%1$d,127.0.0.1:%2$d"
              .formatted(listen, app.getLocalPort()));
      String token = ControlLine.value(control.ask("hold echo 1s"), "token");
      control.ask("flip echo blue " + token);
      control.ask("release echo " + token);
    }
  }

  @AfterEach
  void close() throws IOException {
    router.close();
    app.close();
  }

  @Test
  void aClientThatHasFinishedBeforeItsInstanceIsDialledGetsItsAnswer() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), listen)) {
        client.getOutputStream().write("all of it".getBytes(StandardCharsets.UTF_8));
        client.shutdownOutput();
        try (Socket instance = app.accept()) {
          byte[] heard = instance.getInputStream().readAllBytes();
          instance.getOutputStream().write(heard);
        }
        byte[] answer = client.getInputStream().readAllBytes();
        assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("all of it");
      }
    }
  }
}
