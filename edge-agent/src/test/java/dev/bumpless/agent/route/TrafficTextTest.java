package dev.bumpless.agent.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.AnswerTimes;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.RouteControl.Traffic;
import dev.bumpless.agent.swap.RouteException;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import dev.bumpless.router.RunningRouter;
import dev.bumpless.router.Service;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TrafficTextTest {
  private static Traffic read(String line) throws RouteException {
    return TrafficText.read(Answer.line(line));
  }

  @Test
  void a_line_becomes_counts_and_times() throws RouteException {
    assertThat(
            read(
                "instance app blue/0 serving=yes underway=1 answered=6 errors=2 failures=3"
                    + " timeouts=1 refused=2 bytes-in=9 bytes-out=9 times=320:5,384:1"))
        .isEqualTo(
            new Traffic(
                1,
                6,
                3,
                2,
                1,
                new AnswerTimes(
                    new TreeMap<>(
                        Map.of(Duration.ofNanos(320_000), 5L, Duration.ofNanos(384_000), 1L)))));
  }

  @Test
  void what_an_older_router_does_not_tell_is_zero() throws RouteException {
    assertThat(read("instance app blue/0 serving=yes underway=1 answered=6 failures=3"))
        .isEqualTo(new Traffic(1, 6, 3));
  }

  @Test
  void nonsense_is_no_router() {
    assertThatThrownBy(() -> read("instance app blue/0 underway=1 answered=6 failures=3 times=x"))
        .isInstanceOf(RouteException.class)
        .hasMessageContaining("times=x");
  }

  @Test
  void the_router_itself_is_understood() throws Exception {
    try (RunningRouter router = RunningRouter.start()) {
      Service service = Service.http(router, failing());
      Peer client = service.connect();
      assertThat(client.get("/").readMessage().status()).isEqualTo(500);
      AppName app = new AppName("app");
      Traffic traffic =
          new RouterClient(router.socket()).traffic(app).get(new InstanceKey(app, Slot.BLUE, 0));
      assertThat(traffic.answered()).isEqualTo(1);
      assertThat(traffic.errors()).isEqualTo(1);
      assertThat(traffic.failures()).isZero();
      assertThat(traffic.times().count()).isEqualTo(1);
      assertThat(traffic.times().p95()).isPresent();
    }
  }

  private static Instance failing() {
    return Instance.running(
        client -> {
          client.readMessage();
          client.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        });
  }
}
