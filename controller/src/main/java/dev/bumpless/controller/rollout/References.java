package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutName;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** What a person calls a rollout: its id, its name, or its app's. */
final class References {
  private References() {}

  static Optional<UUID> id(String text) {
    return text.length() == 36 ? read(text, UUID::fromString) : Optional.empty();
  }

  static Optional<RolloutName> name(String text) {
    return read(text, RolloutName::new);
  }

  static Optional<AppName> app(String text) {
    return read(text, AppName::new);
  }

  private static <T> Optional<T> read(String text, Function<String, T> reader) {
    try {
      return Optional.of(reader.apply(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
