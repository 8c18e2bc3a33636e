package dev.bumpless.agent.lease;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.UpdateLease;
import dev.bumpless.trust.AtomicFile;
import dev.bumpless.trust.TornFileException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The leases on the disk, a line each: owner, app, length in ms, end by the wall clock, reason. */
final class LeaseFile {
  private static final Logger LOG = System.getLogger(LeaseFile.class.getName());
  private static final String GAP = "\t";
  private static final String WHOLE_DEVICE = "-";

  private final AtomicFile file;

  LeaseFile(AtomicFile file) {
    this.file = file;
  }

  void write(Map<LeaseKey, KeptLease> leases, Instant steady, Instant wall) throws IOException {
    StringBuilder text = new StringBuilder();
    leases.forEach(
        (key, lease) ->
            text.append(
                String.join(
                        GAP,
                        key.owner(),
                        key.app().map(AppName::value).orElse(WHOLE_DEVICE),
                        Long.toString(lease.length().toMillis()),
                        wall.plus(Duration.between(steady, lease.endsAt())).toString(),
                        lease.reason())
                    + "\n"));
    file.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Those that have not ended meanwhile; none where the file is no good, which is logged. */
  Map<LeaseKey, KeptLease> read(Instant steady, Instant wall) throws IOException {
    Map<LeaseKey, KeptLease> leases = new LinkedHashMap<>();
    try {
      String text = new String(file.read().orElse(new byte[0]), StandardCharsets.UTF_8);
      text.lines().forEach(line -> readLine(line.split(GAP, -1), steady, wall, leases));
    } catch (TornFileException | IllegalArgumentException | DateTimeException e) {
      LOG.log(Level.ERROR, "event=leases-lost reason=\"{0}\"", e.getMessage());
      leases.clear();
    }
    return leases;
  }

  private static void readLine(
      String[] words, Instant steady, Instant wall, Map<LeaseKey, KeptLease> leases) {
    if (words.length != 5) {
      throw new IllegalArgumentException("a line of " + words.length + " words, expected 5");
    }
    Optional<AppName> app =
        words[1].equals(WHOLE_DEVICE) ? Optional.empty() : Optional.of(new AppName(words[1]));
    UpdateLease lease = new UpdateLease(words[0], app, words[4], Instant.parse(words[3]));
    Duration length = Duration.ofMillis(Long.parseLong(words[2]));
    Duration left = Duration.between(wall, lease.until());
    // A clock that was set back must not make it longer than it ever was.
    Duration bounded = left.compareTo(length) > 0 ? length : left;
    if (!bounded.isNegative() && !bounded.isZero()) {
      leases.put(
          new LeaseKey(app, lease.owner()),
          new KeptLease(lease.reason(), steady.plus(bounded), length));
    }
  }
}
