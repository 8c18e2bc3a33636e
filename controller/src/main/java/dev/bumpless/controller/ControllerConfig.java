package dev.bumpless.controller;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The controller's configuration file.
 *
 * @param state folder for everything that the controller keeps
 * @param trust folder that {@code bumpless init} made
 * @param store the PostgreSQL database; empty with SQLite in a file below {@code state}
 * @param http where REST listens, in plain HTTP
 * @param embedded where the embedded broker listens; empty with an external one
 * @param external the external broker; empty with the embedded one
 * @param registries credentials as {@code docker login} writes them
 * @param insecureRegistries those that are spoken to in plain http; loopback always is
 * @param sources places whose manifests are followed
 */
record ControllerConfig(
    Path state,
    Path trust,
    Optional<Store> store,
    InetSocketAddress http,
    Optional<InetSocketAddress> embedded,
    Optional<URI> external,
    Optional<Path> registries,
    Set<String> insecureRegistries,
    List<SourceConfig> sources) {
  private static final Set<String> KEYS =
      Set.of(
          "state",
          "trust",
          "store",
          "http",
          "broker",
          "registries",
          "insecureRegistries",
          "sources");

  /**
   * A PostgreSQL database.
   *
   * @param url as JDBC has it
   * @param passwordFile holds the password and nothing else
   */
  record Store(String url, Optional<String> user, Optional<Path> passwordFile) {}

  ControllerConfig {
    insecureRegistries = Set.copyOf(insecureRegistries);
    sources = List.copyOf(sources);
  }

  /** Throws IOException that names the file and the key. */
  static ControllerConfig read(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      LoaderOptions options = new LoaderOptions();
      options.setAllowDuplicateKeys(false);
      Object root = new Yaml(new SafeConstructor(options)).load(reader);
      if (!(root instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("expected keys and values");
      }
      return parse(map);
    } catch (IllegalArgumentException | YAMLException e) {
      throw new IOException("configuration " + file + ": " + e.getMessage(), e);
    }
  }

  private static ControllerConfig parse(Map<?, ?> map) {
    refuseUnknown(map, KEYS, "");
    Object broker = map.get("broker");
    Optional<InetSocketAddress> embedded = Optional.empty();
    Optional<URI> external = Optional.empty();
    if (broker instanceof Map<?, ?> b) {
      refuseUnknown(b, Set.of("embedded", "external"), "broker.");
      if (b.size() != 1) {
        throw new IllegalArgumentException("broker: expected either embedded or external");
      }
      external = text(b, "external").map(URI::create);
      embedded = b.containsKey("embedded") ? Optional.of(listener(b)) : Optional.empty();
    } else {
      embedded = Optional.of(InetSocketAddress.createUnresolved("127.0.0.1", 8883));
    }
    return new ControllerConfig(
        Path.of(needed(map, "state")),
        Path.of(needed(map, "trust")),
        store(map.get("store")),
        address(text(map, "http").orElse("127.0.0.1:8080")),
        embedded,
        external,
        text(map, "registries").map(Path::of),
        names(map.get("insecureRegistries")),
        SourceConfig.parse(map.get("sources")));
  }

  private static Optional<Store> store(@Nullable Object value) {
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof Map<?, ?> store)) {
      throw new IllegalArgumentException("store: expected url, user and passwordFile");
    }
    refuseUnknown(store, Set.of("url", "user", "passwordFile"), "store.");
    return Optional.of(
        new Store(
            text(store, "url")
                .orElseThrow(() -> new IllegalArgumentException("'store.url' is missing")),
            text(store, "user"),
            text(store, "passwordFile").map(Path::of)));
  }

  private static InetSocketAddress listener(Map<?, ?> broker) {
    if (!(broker.get("embedded") instanceof Map<?, ?> listener)) {
      return InetSocketAddress.createUnresolved("127.0.0.1", 8883);
    }
    refuseUnknown(listener, Set.of("address", "port"), "broker.embedded.");
    return InetSocketAddress.createUnresolved(
        text(listener, "address").orElse("127.0.0.1"),
        text(listener, "port").map(Integer::parseInt).orElse(8883));
  }

  private static Set<String> names(@Nullable Object value) {
    Set<String> names = new TreeSet<>();
    if (value instanceof List<?> list) {
      list.forEach(name -> names.add(String.valueOf(name)));
    } else if (value != null) {
      throw new IllegalArgumentException("insecureRegistries: expected a list of HOST:PORT");
    }
    return names;
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("http: '" + text + "': expected ADDRESS:PORT");
    }
    return InetSocketAddress.createUnresolved(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static String needed(Map<?, ?> map, String key) {
    return text(map, key)
        .orElseThrow(() -> new IllegalArgumentException("'" + key + "' is missing"));
  }

  private static Optional<String> text(Map<?, ?> map, String key) {
    return Optional.ofNullable(map.get(key)).map(String::valueOf);
  }

  private static void refuseUnknown(Map<?, ?> map, Set<String> known, String prefix) {
    map.keySet().stream()
        .filter(key -> !known.contains(String.valueOf(key)))
        .findFirst()
        .ifPresent(
            key -> {
              throw new IllegalArgumentException(
                  "unknown key '" + prefix + key + "', expected one of " + new TreeSet<>(known));
            });
  }
}
