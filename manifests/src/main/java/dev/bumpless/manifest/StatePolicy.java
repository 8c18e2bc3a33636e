package dev.bumpless.manifest;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What becomes of a part of the app's state in a swap. */
public sealed interface StatePolicy {
  /** Nothing is carried over. */
  record None() implements StatePolicy {}

  /** Both slots mount the same named volumes and both write: openly outside the guarantees. */
  record SharedVolume() implements StatePolicy {}

  /**
   * Each slot has named volumes of its own. They are copied while the old one writes, and once more
   * in the hold, when it has stopped: only with {@code overlap: none}.
   */
  record ExclusiveVolume() implements StatePolicy {}

  /**
   * Coils and holding registers, over Modbus itself.
   *
   * @param listen the port of protocol modbus by which the server is reached; empty where the app
   *     has one
   * @param units 1 to {@value #MOST_UNITS}, each 0 to 255
   * @param copy coils and holding registers alone: the others cannot be written by Modbus
   * @param skip part of {@code copy} that is never written, for instance because it would act on
   *     the plant
   * @param changing part of {@code copy} that the app changes by itself, read again in the hold;
   *     {@code volatile} in a manifest
   * @param readOnly what becomes of input registers and discrete inputs
   */
  record Modbus(
      Optional<Integer> listen,
      SortedSet<Integer> units,
      List<RegisterRange> copy,
      List<RegisterRange> skip,
      List<RegisterRange> changing,
      ReadOnly readOnly)
      implements StatePolicy {
    /** What the router copies for one app. */
    public static final int MOST_UNITS = 16;

    public Modbus {
      units = Collections.unmodifiableSortedSet(new TreeSet<>(units));
      copy = List.copyOf(copy);
      skip = List.copyOf(skip);
      changing = List.copyOf(changing);
      listen.ifPresent(l -> Limits.check("listen", l, Limits.PORT));
      InvalidManifestException.check(
          !units.isEmpty() && units.size() <= MOST_UNITS,
          "%d units: expected 1 to %d",
          units.size(),
          MOST_UNITS);
      units.forEach(u -> Limits.check("unit", u, Limits.UNIT));
      Stream.of(copy, skip, changing).flatMap(List::stream).forEach(Modbus::checkWritable);
    }

    private static void checkWritable(RegisterRange range) {
      InvalidManifestException.check(
          range.table().isWritable(),
          "%s cannot be copied: input registers and discrete inputs cannot be written over Modbus",
          range);
    }
  }

  /** What becomes of values that Modbus cannot write. */
  enum ReadOnly {
    /** The new version gets them anew from the field. */
    IGNORE,
    /** An entry of kind exec brings them. */
    EXEC
  }

  /**
   * The old version writes its state to its standard output, the new one reads it from its standard
   * input.
   *
   * @param container in which both commands run
   * @param exporting {@code export} in a manifest
   * @param importing {@code import} in a manifest
   */
  record Exec(String container, List<String> exporting, List<String> importing)
      implements StatePolicy {
    public Exec {
      exporting = List.copyOf(exporting);
      importing = List.copyOf(importing);
      InvalidManifestException.check(
          !exporting.isEmpty() && !importing.isEmpty(),
          "state of '%s' needs a command that exports and one that imports",
          container);
    }
  }

  /**
   * GET of the old version's state, PUT to the new one, on the device's bridge only.
   *
   * @param path answers GET with an {@code ETag}, and takes PUT
   */
  record Http(String container, int port, String path) implements StatePolicy {
    public Http {
      Limits.check("port", port, Limits.PORT);
      HealthCheck.checkPath(path);
    }
  }
}
