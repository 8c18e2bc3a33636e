package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import java.util.UUID;

/** Where the reconciler says what happens. Both calls only enqueue. */
public interface Reporter {
  void report(AppReport report);

  void pulling(AppName app, UUID order, String image, long doneBytes, long totalBytes);
}
