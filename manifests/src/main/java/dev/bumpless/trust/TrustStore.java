package dev.bumpless.trust;

import dev.bumpless.manifest.AppName;
import dev.bumpless.trust.Floors.AppFloor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The {@link Floors} of a device on its disk, in lines that a person can read. One thread owns it.
 *
 * <p>A device whose floors are lost or torn cannot tell an old order from a new one: it then has no
 * floors at all ({@link #floors} is empty) and takes no order; what runs goes on running.
 */
public final class TrustStore {
  private static final String HEADER = "bumpless trust floors 1";

  private final AtomicFile file;
  private Optional<Floors> floors;
  private final String trouble;

  private TrustStore(AtomicFile file, Optional<Floors> floors, String trouble) {
    this.file = file;
    this.floors = floors;
    this.trouble = trouble;
  }

  /**
   * Reads the floors.
   *
   * @param isNewDevice whether a missing file is a device's first start: only where it holds no
   *     accepted order either. Then the file is made.
   * @param builtAt when the agent was built, the lowest time floor
   * @throws IOException when the first file cannot be written
   */
  public static TrustStore open(Path path, boolean isNewDevice, Instant builtAt)
      throws IOException {
    AtomicFile file = new AtomicFile(path);
    try {
      Optional<byte[]> bytes = file.read();
      if (bytes.isPresent()) {
        Floors read = parse(new String(bytes.get(), StandardCharsets.UTF_8), path);
        return new TrustStore(file, Optional.of(read.atLeast(builtAt)), "");
      }
    } catch (IOException e) {
      return lost(file, e.getMessage() + "");
    }
    if (!isNewDevice) {
      return lost(file, path + " is missing though this device has accepted orders before");
    }
    Floors none = Floors.none(builtAt);
    file.write(format(none));
    return new TrustStore(file, Optional.of(none), "");
  }

  /** Empty: take no order, {@link #trouble} says why and what to do. */
  public Optional<Floors> floors() {
    return floors;
  }

  public String trouble() {
    return trouble;
  }

  /** On the disk when this returns; on a failure the floors are as before. */
  public void raiseTo(Floors higher) throws IOException {
    if (floors.isEmpty()) {
      throw new IllegalStateException(trouble);
    }
    file.write(format(higher));
    floors = Optional.of(higher);
  }

  private static TrustStore lost(AtomicFile file, String why) {
    String advice =
        why
            + "; no new order is accepted, what runs goes on. To start anew, stop the agent, make"
            + " sure that the controller is yours, remove this file and the accepted orders beside"
            + " it, and start the agent";
    return new TrustStore(file, Optional.empty(), advice);
  }

  private static byte[] format(Floors floors) {
    StringBuilder text = new StringBuilder(HEADER + "\ntime " + floors.time() + "\n");
    new TreeMap<>(floors.apps())
        .forEach(
            (app, floor) ->
                text.append("app ")
                    .append(app)
                    .append(" sequence ")
                    .append(floor.sequence())
                    .append(" order ")
                    .append(floor.orderSha256())
                    .append(" counter ")
                    .append(floor.counter())
                    .append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Floors parse(String text, Path path) throws TornFileException {
    List<String> lines = text.lines().toList();
    if (lines.size() < 2 || !lines.get(0).equals(HEADER)) {
      throw new TornFileException(path, "expected '" + HEADER + "' in its first line");
    }
    try {
      Instant time = Instant.parse(lines.get(1).replaceFirst("^time ", ""));
      Map<AppName, AppFloor> apps = new TreeMap<>();
      for (String line : lines.subList(2, lines.size())) {
        String[] words = line.split(" ", -1);
        AppFloor floor = new AppFloor(Long.parseLong(words[3]), words[5], Long.parseLong(words[7]));
        apps.put(new AppName(words[1]), floor);
      }
      return new Floors(time, apps);
    } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new TornFileException(path, "it holds what was never written there: " + e.getMessage());
    }
  }
}
