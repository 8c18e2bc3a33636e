package dev.bumpless.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A rollout as the API tells it, read for a person. */
record Rollout(JsonNode json) {

  String id() {
    return json.path("id").asText();
  }

  String app() {
    return json.path("app").asText();
  }

  boolean isDone() {
    return json.path("done").asBoolean();
  }

  /** Whether it goes wave by wave. */
  boolean isInWaves() {
    return json.has("course");
  }

  /** What it can be asked for by. */
  String name() {
    return json.path("course").path("name").asText(app());
  }

  /** Whether somebody has to do something before it goes on. */
  boolean isPaused() {
    return json.path("course").path("state").asText().equals("PAUSED");
  }

  /** {@code apply node-red@7}; stop and delete have no release. */
  String title() {
    if (isInWaves()) {
      return new Waves(json.path("course")).title(json.path("release").asText(app()));
    }
    return json.path("action").asText() + " " + json.path("release").asText(app());
  }

  List<Device> devices() {
    List<Device> devices = new ArrayList<>();
    json.path("devices").forEach(device -> devices.add(new Device(device)));
    return devices;
  }

  /** For a rollout that is done: rejected if that is all that went wrong. */
  ExitCode outcome() {
    if (json.path("succeeded").asBoolean()) {
      return ExitCode.DONE;
    }
    List<Device> failed = devices().stream().filter(device -> !device.isSettledWell()).toList();
    return !failed.isEmpty() && failed.stream().allMatch(d -> d.phase().equals("REJECTED"))
        ? ExitCode.REJECTED
        : ExitCode.FAILED;
  }

  void print(PrintStream out) {
    boolean carriesState = devices().stream().anyMatch(d -> !d.wayBack().isEmpty());
    String headings =
        (isInWaves() ? "WAVE," : "")
            + "DEVICE,PHASE,RELEASE,SERVING,SLOT,GAP,HOLD,"
            + (carriesState ? "WAY BACK," : "")
            + "MESSAGE";
    Table table = new Table(headings.split(",", -1));
    devices().forEach(device -> table.row(row(device, carriesState)));
    out.println(title() + (isDone() ? "" : " (in progress)"));
    if (isInWaves()) {
      new Waves(json.path("course")).print(out);
    }
    table.print(out);
    for (Device device : devices()) {
      if (device.wayBack().contains(":")) {
        out.println(device.name() + ": way back " + device.wayBack());
      }
      if (!device.steps().isEmpty()) {
        out.println(
            device.name()
                + ": "
                + device.steps().stream().map(Step::toString).collect(Collectors.joining(", ")));
      }
    }
  }

  /** With the wave first where there are waves. */
  private String[] row(Device device, boolean carriesState) {
    String[] cells = device.cells(carriesState);
    return isInWaves()
        ? Stream.concat(Stream.of(device.text("wave")), Arrays.stream(cells)).toArray(String[]::new)
        : cells;
  }

  /** One device's part. */
  record Device(JsonNode json) {
    private static final List<String> GOOD =
        List.of("COMMITTED", "UNCHANGED", "STOPPED", "DELETED");
    private static final List<String> BAD =
        List.of("ROLLED_BACK", "REJECTED", "SUPERSEDED", "EXPIRED", "CANCELLED", "INCONSISTENT");

    String name() {
      return json.path("device").asText();
    }

    /** Of the table; the cause of a way back that is closed stands below it. */
    private String[] cells(boolean withWayBack) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  name(),
                  phase(),
                  text("release"),
                  text("serving"),
                  text("slot"),
                  millis("gapMs"),
                  millis("holdMs")));
      if (withWayBack) {
        cells.add(wayBack().replaceFirst(":.*", ""));
      }
      cells.add(message());
      return cells.toArray(String[]::new);
    }

    /** {@code open}, or {@code closed: } and its cause; empty where no state is carried. */
    String wayBack() {
      return json.path("wayBack").asText("");
    }

    String phase() {
      return text("phase");
    }

    String message() {
      return json.path("message").asText("");
    }

    boolean isOnline() {
      return json.path("online").asBoolean(true);
    }

    /** Whether nothing more happens there until somebody asks. */
    boolean isFinal() {
      return isSettledWell() || BAD.contains(phase());
    }

    boolean isSettledWell() {
      return GOOD.contains(phase());
    }

    String text(String field) {
      return json.path(field).asText("-");
    }

    String millis(String field) {
      JsonNode value = json.path(field);
      return value.isNumber() ? Durations.ofMillis(value.asDouble()) : "-";
    }

    List<Step> steps() {
      return StreamSupport.stream(json.path("steps").spliterator(), false)
          .map(step -> new Step(step.path("name").asText(), step.path("ms").asDouble()))
          .toList();
    }

    /** {@code 12.3 of 28.0 MB (44 %)} while an image is on its way, else empty. */
    String pull() {
      JsonNode pull = json.path("pull");
      double total = pull.path("totalBytes").asDouble();
      double done = pull.path("doneBytes").asDouble();
      return total <= 0
          ? ""
          : String.format(
              Locale.ROOT,
              "%.1f of %.1f MB (%.0f %%)",
              done / 1e6,
              total / 1e6,
              100 * done / total);
    }
  }

  /** A step of a swap and how long it took. */
  record Step(String name, double millis) {
    @Override
    public String toString() {
      return name + " " + Durations.ofMillis(millis);
    }
  }
}
