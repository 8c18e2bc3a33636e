package dev.bumpless.agent.swap;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests that provoke thousands of warnings. */
public final class QuietLogs implements BeforeAllCallback, AfterAllCallback {
  private static final Logger AGENT = Logger.getLogger("dev.bumpless.agent");

  @Override
  public void beforeAll(ExtensionContext context) {
    AGENT.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    AGENT.setLevel(null);
  }
}
