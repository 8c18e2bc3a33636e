package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;

/** {@code get sources}: what the controller follows, and what is wrong there. */
@Command(
    name = "sources",
    aliases = "source",
    description = "List the directories and repositories that are followed, and how they stand.")
final class GetSourcesCommand extends RemoteCommand {
  private static final int BRIEF = 12;

  GetSourcesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode sources = api.get("/sources");
    if (isJson()) {
      printJson(sources);
      return ExitCode.DONE;
    }
    Table table = new Table("NAME", "STATE", "REVISION", "UNITS", "DRIFT", "LOOKED AT", "PLACE");
    sources.forEach(source -> add(table, source));
    table.print(terminal.out());
    sources.forEach(this::printProblems);
    return ExitCode.DONE;
  }

  private static void add(Table table, JsonNode source) {
    String revision = source.path("revision").asText("-");
    table.row(
        source.path("name").asText(),
        source.path("state").asText(),
        revision.substring(0, Math.min(revision.length(), BRIEF)),
        String.valueOf(source.path("units").size()),
        String.valueOf(source.path("drift").size()),
        Moments.text(source.path("lookedAt")),
        source.path("place").asText());
  }

  private void printProblems(JsonNode source) {
    String name = source.path("name").asText();
    print(name, source.path("problem"));
    for (JsonNode unit : source.path("units")) {
      print(name + ": " + unit.path("unit").asText().replace('/', ' '), unit.path("problem"));
    }
  }

  private void print(String whose, JsonNode problem) {
    if (problem.isObject()) {
      terminal.out().println(whose + ": " + problem.path("message").asText());
      for (JsonNode detail : problem.path("details")) {
        terminal.out().println("  " + place(detail) + detail.path("message").asText());
      }
      terminal.out().println("  hint: " + problem.path("hint").asText());
    }
  }

  /** A device has no lines. */
  private static String place(JsonNode detail) {
    String file = detail.path("file").asText();
    return detail.path("line").asInt() == 0
        ? file + ": "
        : "%s:%d:%d: ".formatted(file, detail.path("line").asInt(), detail.path("column").asInt());
  }
}
