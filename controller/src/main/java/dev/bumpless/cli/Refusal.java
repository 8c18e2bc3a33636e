package dev.bumpless.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The controller understood and said no: its error record, in words. */
final class Refusal extends CliException {
  private static final long serialVersionUID = 1L;

  private final transient JsonNode error;

  private Refusal(ExitCode exitCode, JsonNode error, String file) {
    super(exitCode, message(error, file), hint(error), details(error, file));
    this.error = error;
  }

  static CliException of(int status, String body) {
    try {
      JsonNode error = Api.JSON.readTree(body).path("error");
      if (error.isObject()) {
        return new Refusal(exitCode(status, error), error, "");
      }
    } catch (JsonProcessingException notOurs) {
      // Something between here and the controller answered; told below.
    }
    return new CliException(
        ExitCode.FAILED,
        "whoever answered sent HTTP "
            + status
            + " without an error record: "
            + body.lines().findFirst().orElse(""),
        "is BUMPLESS_URL the address of a Bumpless controller?");
  }

  /** The same, with what is wrong in the manifest placed in the file that the person wrote. */
  Refusal in(String file) {
    return new Refusal(exitCode(), error, file);
  }

  /** A refusal is one that trying again as it is cannot mend; a fault of the server is none. */
  private static ExitCode exitCode(int status, JsonNode error) {
    boolean fault = status >= 500 && !error.path("code").asText().startsWith("REGISTRY_");
    return fault ? ExitCode.FAILED : ExitCode.REJECTED;
  }

  /** What was too large to be looked into has no place in it, so that the file is named here. */
  private static String message(JsonNode error, String file) {
    String message = error.path("message").asText();
    boolean unread = error.path("code").asText().equals("TOO_LARGE") && !file.isEmpty();
    return unread ? file + ": " + message : message;
  }

  private static String hint(JsonNode error) {
    if (error.path("code").asText().equals("UNAUTHENTICATED")) {
      return "set BUMPLESS_TOKEN to what is in controller/token of the folder that `bumpless init`"
          + " made, or name that file with --token-file";
    }
    return error.path("hint").asText("");
  }

  private static List<String> details(JsonNode error, String file) {
    List<String> lines = new ArrayList<>();
    for (JsonNode detail : error.path("details")) {
      StringBuilder line = new StringBuilder();
      String name = file.isEmpty() ? detail.path("file").asText("") : file;
      int row = detail.path("line").asInt();
      if (row > 0) {
        line.append(name.isEmpty() ? "line " : name + ":").append(row);
        line.append(':').append(detail.path("column").asInt()).append(": ");
      } else if (!name.isEmpty()) {
        line.append(name).append(": ");
      }
      lines.add(line.append(detail.path("message").asText()).toString());
    }
    return lines;
  }
}
