package dev.bumpless.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainCheck;
import dev.bumpless.controller.audit.ChainCheck.Fault;
import dev.bumpless.controller.audit.ChainHead;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** An exported audit, line by line, in the memory of one line. */
final class AuditLines {
  /** Nothing is read over: what another reader would see has to be what was checked. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.USE_LONG_FOR_INTS)
          .build();

  private final ChainCheck check;
  private boolean isAtEnd;
  private long lines;

  AuditLines(ChainCheck check) {
    this.check = check;
  }

  /**
   * Follows the chain to its end or its first fault.
   *
   * @throws CliException where that is no export, or a part of one
   */
  Optional<Fault> follow(InputStream in) throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines++;
      Optional<Fault> fault = take(line);
      if (fault.isPresent()) {
        return fault;
      }
    }
    if (!isAtEnd) {
      throw new CliException(
          ExitCode.FAILED,
          "the export was cut off after record " + check.head().number() + ": it has no end",
          "export it again");
    }
    return Optional.empty();
  }

  private Optional<Fault> take(String line) {
    try {
      JsonNode node = STRICT.readTree(line);
      if (!isAtEnd && node.path("end").isTextual() && node.size() == 1) {
        isAtEnd = true;
        return check.end(ChainHead.parse(node.path("end").asText()));
      }
      if (!isAtEnd && node.path("number").isIntegralNumber()) {
        return check.next(record(node));
      }
    } catch (JsonProcessingException | RuntimeException unreadable) {
      // told below
    }
    throw new CliException(
        ExitCode.FAILED,
        "line "
            + lines
            + " is no record of an audit; the last good one is "
            + check.head().number(),
        "is this what `bumpless audit export` wrote?");
  }

  /** A record cleans its texts; one that had to be cleaned is not what was exported. */
  private static AuditRecord record(JsonNode node) {
    AuditRecord record = read(node);
    AuditLog.Entry entry = record.entry();
    ObjectNode written =
        JsonNodeFactory.instance
            .objectNode()
            .put("number", record.number())
            .put("at", entry.at().toString())
            .put("actor", entry.actor())
            .put("from", entry.from())
            .put("action", entry.action())
            .put("object", entry.object())
            .put("outcome", entry.outcome())
            .put("previous", record.previous())
            .put("hash", record.hash());
    entry.begun().ifPresent(begun -> written.put("begun", begun));
    if (!written.equals(node)) {
      throw new IllegalArgumentException("it holds what no record does");
    }
    return record;
  }

  private static AuditRecord read(JsonNode node) {
    return new AuditRecord(
        node.path("number").asLong(),
        new AuditLog.Entry(
            Instant.parse(text(node, "at")),
            text(node, "actor"),
            text(node, "from"),
            text(node, "action"),
            text(node, "object"),
            text(node, "outcome"),
            begun(node)),
        text(node, "previous"),
        text(node, "hash"));
  }

  private static OptionalLong begun(JsonNode node) {
    return node.path("begun").isIntegralNumber()
        ? OptionalLong.of(node.path("begun").longValue())
        : OptionalLong.empty();
  }

  private static String text(JsonNode node, String name) {
    return node.required(name).asText();
  }
}
