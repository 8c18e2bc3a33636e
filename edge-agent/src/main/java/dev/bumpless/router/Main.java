package dev.bumpless.router;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code bumpless-router --state DIR --socket PATH}: runs until it is told to stop. */
public final class Main {
  private static final System.Logger LOG = System.getLogger(Main.class.getName());
  private static final Set<String> OPTIONS = Set.of("--state", "--socket");

  private Main() {}

  @SuppressWarnings("SystemOut") // an answer, not a log
  private static void print(String line) {
    System.out.println(line);
  }

  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      print("bumpless-router " + RouterConfig.programVersion());
      return;
    }
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    setUnlessSet("io.netty.leakDetection.level", "disabled");
    try {
      RouterConfig config = config(List.of(args));
      Router router = Router.start(config);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(router), "stop"));
      LOG.log(
          Level.INFO, "event=started version={0} socket={1}", config.version(), config.socket());
      Thread.currentThread().join();
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, e.getMessage());
      System.exit(2);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "event=not-started reason=\"{0}\"", e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static RouterConfig config(List<String> args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < args.size(); i += 2) {
      if (!OPTIONS.contains(args.get(i)) || i + 1 == args.size()) {
        throw new IllegalArgumentException(
            "'" + args.get(i) + "': usage: bumpless-router --state DIR --socket PATH");
      }
      given.put(args.get(i), args.get(i + 1));
    }
    if (!given.keySet().equals(OPTIONS)) {
      throw new IllegalArgumentException("usage: bumpless-router --state DIR --socket PATH");
    }
    return RouterConfig.of(
        Path.of(given.getOrDefault("--state", "")), Path.of(given.getOrDefault("--socket", "")));
  }

  private static void close(Router router) {
    try {
      router.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event=not-stopped-cleanly reason=\"{0}\"", e.getMessage());
    }
  }
}
