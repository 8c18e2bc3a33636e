package dev.bumpless.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.controller.audit.ChainCheck;
import dev.bumpless.controller.audit.ChainCheck.Fault;
import dev.bumpless.controller.audit.ChainHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit verify}: whether a record of who did what was changed, here and not over there. */
@Command(
    name = "verify",
    description = {
      "Check that no record of who did what was changed, taken out or moved.",
      "Exits with 1 and names the first broken record where one was."
    })
final class AuditVerifyCommand extends RemoteCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "What `audit export` wrote, - for standard input (default: ask the controller).")
  private @Nullable Path file;

  @Option(
      names = "--after",
      paramLabel = "NUMBER:HASH",
      description = "The export begins after this record (default: with the first).")
  private @Nullable String after;

  @Option(
      names = "--expect",
      paramLabel = "NUMBER:HASH",
      description = "A head that was noted earlier; the record has to be there, and be that one.")
  private @Nullable String expect;

  AuditVerifyCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() {
    @Nullable Path path = file;
    return path == null ? super.call() : verify(path).code();
  }

  @Override
  ExitCode run(Api api) {
    try (InputStream export = api.stream("/audit/export?after=" + start().number())) {
      return verify(export);
    } catch (IOException cut) {
      throw new CliException(
          ExitCode.FAILED, "the audit was cut off: " + cut.getMessage(), "try again");
    }
  }

  private ExitCode verify(Path path) {
    try (InputStream export =
        path.toString().equals("-") ? terminal.in() : Files.newInputStream(path)) {
      return verify(export);
    } catch (IOException failed) {
      throw new CliException(ExitCode.USAGE, "cannot read " + path + ": " + failed, "");
    }
  }

  private ExitCode verify(InputStream export) throws IOException {
    ChainHead start = start();
    Optional<ChainHead> anchor = Optional.ofNullable(expect).map(AuditVerifyCommand::parse);
    anchor.ifPresent(noted -> refuseWhatIsNotMet(start, noted));
    ChainCheck check = new ChainCheck(start, anchor);
    Optional<Fault> fault = new AuditLines(check).follow(export);
    if (isJson()) {
      printJson(json(start, check, fault));
    } else {
      fault.ifPresentOrElse(this::tell, () -> tellIntact(start, check.head()));
    }
    return fault.isPresent() ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static void refuseWhatIsNotMet(ChainHead start, ChainHead anchor) {
    if (anchor.number() < start.number()
        || (anchor.number() == start.number() && !anchor.equals(start))) {
      throw new CliException(
          ExitCode.USAGE,
          "record " + anchor.number() + " of --expect does not come after that of --after",
          "verify from an earlier record on, or without --after");
    }
  }

  private void tell(Fault fault) {
    terminal.out().println("broken: record " + fault.number() + ": " + fault.why());
  }

  private void tellIntact(ChainHead start, ChainHead head) {
    long count = head.number() - start.number();
    terminal.out().println("intact: " + count + (count == 1 ? " record" : " records"));
    terminal.out().println("head: " + head);
    if (expect == null) {
      terminal
          .err()
          .println(
              "hint: records alone do not tell whether the newest were cut off or all were written"
                  + " anew. Note the head where the controller cannot write, and give it with"
                  + " --expect next time");
    }
  }

  private static ObjectNode json(ChainHead start, ChainCheck check, Optional<Fault> fault) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("intact", fault.isEmpty());
    fault.ifPresentOrElse(
        f -> json.put("broken", f.number()).put("why", f.why()),
        () ->
            json.put("records", check.head().number() - start.number())
                .put("head", check.head().toString()));
    return json;
  }

  private ChainHead start() {
    return Optional.ofNullable(after).map(AuditVerifyCommand::parse).orElse(ChainHead.NONE);
  }

  private static ChainHead parse(String text) {
    try {
      return ChainHead.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new CliException(ExitCode.USAGE, String.valueOf(wrong.getMessage()), "");
    }
  }
}
