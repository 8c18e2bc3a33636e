package dev.bumpless.controller;

import dev.bumpless.controller.enrol.TrustDirectory;
import dev.bumpless.transport.MqttTransport;
import dev.bumpless.transport.PahoTransport;
import dev.bumpless.transport.Tls;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** {@code bumpless-controller --config FILE}. Exits with 1 where it cannot start, 2 on usage. */
public final class Main {
  /**
   * Nobody but keep-alive finds a line that died without a word, and all devices wait behind it.
   */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);

  private Main() {}

  public static void main(String[] args) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "controller-logback.xml");
    }
    if (args.length == 1 && args[0].equals("--version")) {
      print("bumpless-controller " + version());
      return;
    }
    if (args.length != 2 || !args[0].equals("--config")) {
      exit(2, "usage: bumpless-controller --config FILE");
    }
    try {
      ControllerConfig config = ControllerConfig.read(Path.of(args[1]));
      Controller controller = Controller.start(config, Main::paho, InstantSource.system());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(controller), "stop"));
      log()
          .log(
              Level.INFO,
              "ready on http://{0}:{1,number,#}",
              config.http().getHostString(),
              controller.httpPort());
    } catch (IOException | RuntimeException e) {
      log().log(Level.ERROR, "cannot start", e);
      exit(1, "bumpless-controller: " + e.getMessage());
    }
  }

  private static MqttTransport paho(String brokerUri, TrustDirectory trust) throws IOException {
    return new PahoTransport(
        new PahoTransport.Config(
            brokerUri,
            TrustDirectory.CONTROLLER,
            Tls.context(trust.controllerStore(), trust.controllerPasswordFile()),
            PahoTransport.Config.TIMEOUT,
            KEEP_ALIVE));
  }

  private static void stop(Controller controller) {
    try {
      controller.close();
    } catch (IOException e) {
      log().log(Level.WARNING, "not everything stopped well", e);
    }
  }

  private static String version() {
    @Nullable String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @SuppressWarnings("SystemOut") // an answer, not a log
  private static void print(String line) {
    System.out.println(line);
  }

  /** Asked for late, so that the logging is set up first. */
  private static Logger log() {
    return System.getLogger(Main.class.getName());
  }

  @SuppressWarnings("SystemOut") // nobody is there to log to
  private static void exit(int code, String message) {
    System.err.println(message);
    Runtime.getRuntime().halt(code);
  }
}
