package dev.bumpless.rig;

import dev.bumpless.agent.swap.Reporter;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.MalformedMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a {@link LooseAgent} reports, a line each, in the order in which it was said. */
final class ReportFile implements Reporter {
  private static final DeviceId DEVICE = new DeviceId("rig");
  private static final UUID BOOT = new UUID(0, 0);

  private final Path file;

  ReportFile(Path file) {
    this.file = file;
  }

  @Override
  public synchronized void report(AppReport report) {
    DeviceReport line =
        new DeviceReport(
            DEVICE,
            BOOT,
            1,
            Instant.now(),
            new DeviceReport.Inventory("", "", "", 0, 0),
            Map.of(),
            List.of(report),
            List.of());
    String text = new String(OrderFolder.CODEC.encode(line), StandardCharsets.UTF_8) + "\n";
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void pulling(AppName app, UUID order, String image, long doneBytes, long totalBytes) {}

  /** The whole lines from the {@code from}th on. */
  List<AppReport> read(int from) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file);
    List<AppReport> reports = new ArrayList<>();
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().skip(from).toList()) {
      reports.add(decode(line));
    }
    return reports;
  }

  private static AppReport decode(String line) throws IOException {
    try {
      byte[] json = line.getBytes(StandardCharsets.UTF_8);
      return OrderFolder.CODEC.decode(json, DeviceReport.class).apps().get(0);
    } catch (MalformedMessageException e) {
      throw new IOException("a report cannot be read: " + line, e);
    }
  }
}
