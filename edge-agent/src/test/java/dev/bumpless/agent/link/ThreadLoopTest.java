package dev.bumpless.agent.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThreadLoopTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final ThreadLoop loop = new ThreadLoop("test-loop");

  @Test
  void doesWhatIsDueThenTheLastAndNothingAfterwards() {
    loop.schedule(Duration.ofHours(1), () -> done.add("never"));
    loop.execute(() -> done.add("first"));
    loop.execute(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    loop.execute(() -> done.add("second"));
    loop.closeAfter(() -> done.add("last"));
    loop.execute(() -> done.add("after"));
    loop.closeAfter(() -> done.add("again"));
    assertThat(done).containsExactly("first", "second", "last");
    await().until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(this::isItsThread));
  }

  private boolean isItsThread(Thread thread) {
    return thread.getName().equals("test-loop");
  }
}
