package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineFailureTest {

  /** Sentences as engines and registries really say them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          write /var/lib/docker/tmp/x: no space left on device | PERMANENT | disk of the engine is full
          no matching manifest for linux/arm64/v8 in the manifest list entries | PERMANENT | not made for this device
          image with reference x was found but does not match the specified platform | PERMANENT | not made for this device
          OCI runtime create failed: runc: exec format error | PERMANENT | not made for this device
          Get "http://x/v2/": no basic auth credentials | PERMANENT | credentials
          unauthorized: authentication required | PERMANENT | credentials
          pull access denied for x, repository does not exist or may require 'docker login' | PERMANENT | credentials
          denied: requested access to the resource is denied | PERMANENT | credentials
          manifest unknown: manifest unknown | PERMANENT | does not have it
          manifest for x@sha256:00 not found: manifest unknown | PERMANENT | does not have it
          name unknown: repository name not known to registry | PERMANENT | does not have it
          http: server gave HTTP response to HTTPS client | PERMANENT | insecure-registries
          x509: certificate signed by unknown authority | PERMANENT | certs.d
          toomanyrequests: You have reached your pull rate limit | TRANSIENT | rate
          Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused | TRANSIENT | cannot be reached
          dial tcp: lookup registry.plant: no such host | TRANSIENT | cannot be reached
          net/http: TLS handshake timeout | TRANSIENT | cannot be reached
          received unexpected HTTP status: 503 Service Unavailable | TRANSIENT | cannot be reached
          Pool overlaps with other one on this address space | PERMANENT | another 'subnet'
          Address already in use | TRANSIENT | taken the address
          error gathering device information while adding custom device "/dev/ttyUSB9": no such file or directory | PERMANENT | device file
          invalid mount config for type "bind": bind source path does not exist: /x | PERMANENT | Create the folder
          OCI runtime create failed: exec: "/x": permission denied: unknown | PERMANENT | entrypoint
          client version 1.41 is too old. Minimum supported API version is 1.44 | PERMANENT | Install an engine
          something new | TRANSIENT | tried again
          """)
  void the_words_decide(String words, Kind kind, String hint) {
    EngineException failure =
        EngineFailure.of(
            "pulling image x",
            new InternalServerErrorException(
                "Status 500: {\"message\":\"" + words.replace("\"", "\\\"") + "\"}\n"));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure)
        .hasMessageStartingWith("pulling image x failed: " + words)
        .hasMessageContaining(hint);
  }

  @Test
  void where_the_words_are_unknown_the_status_decides() {
    assertThat(EngineFailure.of("x", new BadRequestException("odd")).kind())
        .isEqualTo(Kind.PERMANENT);
    assertThat(EngineFailure.of("x", new NotFoundException("odd")).kind())
        .isEqualTo(Kind.PERMANENT);
    assertThat(EngineFailure.of("x", new ConflictException("odd")).kind())
        .isEqualTo(Kind.TRANSIENT);
  }

  @Test
  void an_engine_that_cannot_be_reached_is_transient_and_says_what_to_do() {
    EngineException failure =
        EngineFailure.of(
            "listing containers", new RuntimeException(new ConnectException("No such file")));

    assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    assertThat(failure)
        .hasMessage(
            "listing containers failed: the engine cannot be reached: No such file. Start the"
                + " engine, or correct 'docker' in the agent's configuration.");
  }

  @Test
  void only_a_connection_that_was_open_can_be_stale() {
    assertThat(EngineFailure.isStale(new RuntimeException(new IOException("Broken pipe"))))
        .isTrue();
    assertThat(EngineFailure.isStale(new RuntimeException(new ConnectException("refused"))))
        .isFalse();
    assertThat(EngineFailure.isStale(new NotFoundException("x"))).isFalse();
  }
}
