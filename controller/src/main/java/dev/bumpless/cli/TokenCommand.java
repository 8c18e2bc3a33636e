package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bumpless.controller.enrol.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code token create|list|delete DIR}: who may call REST. Works on files, as {@code init}. */
abstract class TokenCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "The folder that `init` made.")
  private Path folder = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "How to print it (default: ${DEFAULT-VALUE}).")
  private RemoteCommand.Format format = RemoteCommand.Format.table;

  final Terminal terminal;

  private TokenCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Does it on the tokens of the folder. */
  abstract void run(Tokens tokens) throws IOException;

  @Override
  public Integer call() {
    try {
      run(new Tokens(folder));
      return ExitCode.DONE.code();
    } catch (IllegalArgumentException wrong) {
      throw new CliException(
          ExitCode.USAGE,
          String.valueOf(wrong.getMessage()),
          "see `bumpless token list " + folder + "`");
    } catch (IOException failed) {
      throw new CliException(
          ExitCode.FAILED,
          "cannot use the tokens of " + folder + ": " + failed,
          "may you write there, and is it a folder that `bumpless init` made?");
    }
  }

  boolean isJson() {
    return format == RemoteCommand.Format.json;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = {
        "Make a token for a person or a program, and print it: it is kept nowhere.",
        "It counts from the next call on. The audit calls its holder by its name."
      })
  static final class Create extends TokenCommand {
    @Parameters(index = "1", paramLabel = "NAME", description = "Whose it is.")
    private String name = "";

    Create(Terminal terminal) {
      super(terminal);
    }

    @Override
    void run(Tokens tokens) throws IOException {
      String token = tokens.create(name);
      terminal
          .out()
          .println(
              isJson()
                  ? JsonNodeFactory.instance
                      .objectNode()
                      .put("name", name)
                      .put("token", token)
                      .toPrettyString()
                  : token);
      terminal.err().println("hint: it is not shown again; give it as BUMPLESS_TOKEN");
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the names of the tokens, besides the first one.")
  static final class Names extends TokenCommand {
    Names(Terminal terminal) {
      super(terminal);
    }

    @Override
    void run(Tokens tokens) throws IOException {
      Set<String> names = tokens.names();
      if (isJson()) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        names.forEach(json::add);
        terminal.out().println(json.toPrettyString());
      } else {
        Table table = new Table("NAME");
        names.forEach(table::row);
        table.print(terminal.out());
      }
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Delete a token: from the next call on nobody is let in with it.")
  static final class Delete extends TokenCommand {
    @Parameters(index = "1", paramLabel = "NAME", description = "Whose it is.")
    private String name = "";

    Delete(Terminal terminal) {
      super(terminal);
    }

    @Override
    void run(Tokens tokens) throws IOException {
      if (!tokens.delete(name)) {
        throw new IllegalArgumentException("no token is called '" + name + "'");
      }
      if (isJson()) {
        terminal
            .out()
            .println(JsonNodeFactory.instance.objectNode().put("deleted", name).toPrettyString());
      } else {
        terminal.out().println("deleted: token " + name);
      }
    }
  }
}
