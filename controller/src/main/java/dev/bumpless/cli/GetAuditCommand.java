package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code get audit}: who did what to what, a line a call. */
@Command(
    name = "audit",
    description = {
      "List who did what, newest first: one line a call, with what came of it.",
      "BEGUN is what has no end yet, or never had one: the controller died over it."
    })
final class GetAuditCommand extends RemoteCommand {
  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "So many at most, up to 500 (default: ${DEFAULT-VALUE}).")
  private int limit;

  GetAuditCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    JsonNode calls = api.get("/audit?limit=" + limit);
    if (isJson()) {
      printJson(calls);
      return ExitCode.DONE;
    }
    Table table = new Table("NUMBER", "AT", "ACTOR", "FROM", "ACTION", "OBJECT", "OUTCOME");
    calls.forEach(call -> add(table, call));
    table.print(terminal.out());
    return ExitCode.DONE;
  }

  private static void add(Table table, JsonNode call) {
    table.row(
        call.path("number").asText(),
        Moments.text(call.path("at")),
        call.path("actor").asText(),
        call.path("from").asText(),
        call.path("action").asText(),
        call.path("object").asText(),
        call.path("outcome").asText());
  }
}
