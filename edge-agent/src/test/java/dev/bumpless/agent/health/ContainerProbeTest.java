package dev.bumpless.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.agent.swap.HealthProbe.Result;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.ObservedContainer;
import dev.bumpless.agent.swap.ObservedContainer.State;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.HealthCheck;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerProbeTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final AppName APP = new AppName("pump");

  private final ContainerProbe probe =
      new ContainerProbe(
          (id, command, timeout) ->
              switch (command.get(0)) {
                case "true" -> new ContainerExec.Ended(0, "");
                case "false" -> new ContainerExec.Ended(1, "no good");
                default -> throw new IOException("no such command");
              });

  @ParameterizedTest
  @CsvSource({
    "200,true",
    "204,true",
    "302,true",
    "399,true",
    "400,false",
    "404,false",
    "500,false"
  })
  void http_passes_from_200_to_399(int status, boolean passes) throws Exception {
    try (ScriptedServer server =
        ScriptedServer.answering("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n")) {
      Result result = http(server, LIMIT);

      assertThat(result.passed()).isEqualTo(passes);
      assertThat(result.message())
          .isEqualTo("GET http://127.0.0.1:%d/settings answered %d", server.port(), status);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'",
    "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'"
  })
  void http_does_not_wait_for_a_server_that_keeps_the_connection(String answer) throws Exception {
    CountDownLatch judged = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              ScriptedServer.answer(answer).serve(client);
              judged.await();
            })) {
      assertThat(http(server, LIMIT).passed()).isTrue();
    } finally {
      judged.countDown();
    }
  }

  @Test
  void http_reads_no_more_than_64_kib() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              ScriptedServer.answer("HTTP/1.1 200 OK\r\n\r\n").serve(client);
              byte[] endless = new byte[8192];
              while (true) {
                client.getOutputStream().write(endless);
              }
            })) {
      assertThat(http(server, LIMIT).passed()).isTrue();
    }
  }

  @Test
  void http_fails_when_the_whole_answer_is_not_there_in_time_even_if_it_trickles()
      throws Exception {
    CountDownLatch judged = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            client -> {
              ScriptedServer.answer("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                  .serve(client);
              while (!judged.await(50, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                client.getOutputStream().write('x');
              }
            })) {
      Result result = http(server, SHORT);

      assertThat(result.passed()).isFalse();
      assertThat(result.message()).contains("no answer within 200 ms");
    } finally {
      judged.countDown();
    }
  }

  @Test
  void http_fails_on_silence_on_rubbish_and_on_a_closed_connection() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering("SSH-2.0-x\r\n")) {
      assertThat(http(server, LIMIT).message()).endsWith("no HTTP answer");
      server.now(client -> client.close());
      assertThat(http(server, LIMIT).passed()).isFalse();
      server.now(client -> client.getInputStream().readAllBytes());
      assertThat(http(server, SHORT).message()).contains("no answer within");
    }
  }

  @Test
  void nothing_that_listens_is_said_so() throws Exception {
    int port;
    try (ScriptedServer server = ScriptedServer.answering("")) {
      port = server.port();
    }
    Result result = probe.probe(new HealthCheck.Tcp("web", port), running("127.0.0.1"), LIMIT);

    assertThat(result.passed()).isFalse();
    assertThat(result.message())
        .startsWith("connecting to 127.0.0.1:" + port + ": nothing listens there");
  }

  @Test
  void tcp_passes_when_the_connection_is_accepted() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering("")) {
      assertThat(
              probe
                  .probe(new HealthCheck.Tcp("web", server.port()), running("127.0.0.1"), LIMIT)
                  .passed())
          .isTrue();
    }
  }

  @Test
  void modbus_passes_on_a_register_and_fails_on_an_exception() throws Exception {
    HealthCheck.Modbus check;
    try (ScriptedServer server = new ScriptedServer(modbus(new byte[] {3, 2, 0, 7}))) {
      check = new HealthCheck.Modbus("web", server.port(), 1, 0);
      assertThat(probe.probe(check, running("127.0.0.1"), LIMIT).passed()).isTrue();

      server.now(modbus(new byte[] {(byte) 0x83, 2}));
      assertThat(probe.probe(check, running("127.0.0.1"), LIMIT))
          .isEqualTo(
              new Result(
                  false,
                  "reading holding register 0 of unit 1 at 127.0.0.1:%d answered exception 2"
                      .formatted(server.port())));
    }
  }

  private static ScriptedServer.Script modbus(byte[] pdu) {
    return client -> {
      byte[] request = client.getInputStream().readNBytes(12);
      byte[] head = {request[0], request[1], 0, 0, 0, (byte) (pdu.length + 1), request[6]};
      client.getOutputStream().write(head);
      client.getOutputStream().write(pdu);
    };
  }

  @Test
  void exec_passes_on_exit_code_0_and_shows_what_the_command_said() {
    assertThat(exec("true").passed()).isTrue();
    assertThat(exec("false")).isEqualTo(new Result(false, "[false] in web ended with 1: no good"));
    assertThat(exec("nonsense")).isEqualTo(new Result(false, "[nonsense] in web: no such command"));
  }

  @Test
  void a_container_that_does_not_run_or_has_no_address_fails_without_being_asked() {
    HealthCheck check = new HealthCheck.Tcp("web", 1);

    assertThat(probe.probe(check, container("127.0.0.1", State.EXITED), LIMIT).message())
        .isEqualTo("container web is exited");
    assertThat(probe.probe(check, running(""), LIMIT).message())
        .isEqualTo("container web has no address");
  }

  private Result exec(String command) {
    return probe.probe(new HealthCheck.Exec("web", List.of(command)), running("127.0.0.1"), LIMIT);
  }

  private Result http(ScriptedServer server, Duration limit) {
    return probe.probe(
        new HealthCheck.Http("web", server.port(), "/settings"), running("127.0.0.1"), limit);
  }

  private static ObservedContainer running(String address) {
    return container(address, State.RUNNING);
  }

  private static ObservedContainer container(String address, State state) {
    return new ObservedContainer(
        "id",
        new InstanceKey(APP, Slot.BLUE, 0),
        new Revision(new ReleaseId(APP, 1), 1),
        "web",
        address,
        state,
        0,
        false,
        0,
        Instant.EPOCH,
        Optional.empty(),
        "");
  }
}
