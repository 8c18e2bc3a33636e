package dev.bumpless.agent;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/** {@code bumpless-agent --config FILE}. Exits with 2 where the operator has something to mend. */
public final class Main {
  private Main() {}

  @SuppressWarnings("SystemOut") // an answer, not a log
  private static void print(String line) {
    System.out.println(line);
  }

  public static void main(String[] args) {
    FieldsFormatter.install();
    Logger log = System.getLogger(Main.class.getName());
    if (args.length == 1 && args[0].equals("--version")) {
      print("bumpless-agent " + Inventory.version());
      return;
    }
    if (args.length != 2 || !args[0].equals("--config")) {
      log.log(Level.ERROR, "usage: bumpless-agent --config FILE");
      System.exit(2);
    }
    try {
      AgentConfig config = AgentConfigFile.read(Path.of(args[1]));
      Agent agent = Agent.start(config);
      Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "stop"));
      log.log(
          Level.INFO, "event=started device={0} version={1}", config.device(), Inventory.version());
      Thread.currentThread().join();
    } catch (InvalidConfigException e) {
      log.log(Level.ERROR, e.getMessage());
      System.exit(2);
    } catch (IOException | RuntimeException e) {
      log.log(Level.ERROR, "event=start-failed", e);
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
