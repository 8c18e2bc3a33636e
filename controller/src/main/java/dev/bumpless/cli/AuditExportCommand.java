package dev.bumpless.cli;

import java.io.IOException;
import java.io.InputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit export}: the records as they are, one a line, for a place of one's own. */
@Command(
    name = "export",
    description = "Write the record of who did what to standard output, one JSON object a line.")
final class AuditExportCommand extends RemoteCommand {
  @Option(
      names = "--after",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description = "Only what follows this record (default: all).")
  private int after;

  AuditExportCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(Api api) {
    try (InputStream export = api.stream("/audit/export?after=" + after)) {
      export.transferTo(terminal.out());
      terminal.out().flush();
    } catch (IOException cut) {
      throw new CliException(
          ExitCode.FAILED, "the export was cut off: " + cut.getMessage(), "export it again");
    }
    return ExitCode.DONE;
  }
}
