package dev.bumpless.controller;

import dev.bumpless.controller.repository.DirectoryReader;
import dev.bumpless.controller.repository.GitReader;
import dev.bumpless.controller.source.Source;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.controller.source.SourceReader;
import dev.bumpless.manifest.RolloutTarget;
import dev.bumpless.protocol.DeviceId;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the key {@code sources}: a place whose manifests are followed.
 *
 * @param git what to read; empty with
 * @param directory a folder of this machine
 * @param webhookSecret file with the secret; without one there is no webhook
 */
record SourceConfig(
    Source.Settings settings,
    Optional<GitReader.Settings> git,
    Optional<Path> directory,
    Optional<Path> webhookSecret) {
  static final int MOST = 16;
  private static final int LEAST_SECRET = 16;
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "git",
          "directory",
          "branch",
          "path",
          "interval",
          "target",
          "credentials",
          "webhookSecret");
  private static final Set<String> ONLY_GIT = Set.of("branch", "path", "credentials");
  private static final Pattern INTERVAL = Pattern.compile("([1-9][0-9]{0,4})(s|m|h)");
  private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}");
  private static final Duration USUAL_INTERVAL = Duration.ofMinutes(1);
  private static final Duration LEAST_INTERVAL = Duration.ofSeconds(10);
  private static final Duration MOST_INTERVAL = Duration.ofHours(24);

  /** Throws IllegalArgumentException that names the key. */
  static List<SourceConfig> parse(@Nullable Object value) {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || list.size() > MOST) {
      throw new IllegalArgumentException("sources: expected a list of at most " + MOST);
    }
    List<SourceConfig> sources = new ArrayList<>();
    Set<SourceName> names = new TreeSet<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("sources: expected { name: …, git: … } in each");
      }
      SourceConfig source = one(map);
      if (!names.add(source.settings().name())) {
        throw new IllegalArgumentException("sources: two are called " + source.settings().name());
      }
      sources.add(source);
    }
    return sources;
  }

  private static SourceConfig one(Map<?, ?> map) {
    map.keySet().stream()
        .map(String::valueOf)
        .filter(key -> !KEYS.contains(key))
        .findFirst()
        .ifPresent(
            key -> refuse("unknown key '" + key + "', expected one of " + new TreeSet<>(KEYS)));
    Optional<URI> url = text(map, "git").map(SourceConfig::url);
    Optional<Path> directory = text(map, "directory").map(Path::of);
    if (url.isPresent() == directory.isPresent()) {
      refuse("expected either git or directory");
    }
    if (directory.isPresent() && ONLY_GIT.stream().anyMatch(map::containsKey)) {
      refuse("branch, path and credentials go with git");
    }
    Source.Settings settings =
        new Source.Settings(
            new SourceName(text(map, "name").orElse("")),
            target(map.get("target")),
            text(map, "interval").map(SourceConfig::interval).orElse(USUAL_INTERVAL));
    return new SourceConfig(
        settings, url.map(u -> git(u, map)), directory, text(map, "webhookSecret").map(Path::of));
  }

  private static GitReader.Settings git(URI url, Map<?, ?> map) {
    String branch = text(map, "branch").orElse("main");
    String path = text(map, "path").orElse("").replaceFirst("/$", "");
    if (!REF.matcher(branch).matches() || branch.contains("..")) {
      refuse("branch '" + branch + "' is no name of a branch");
    }
    if (!path.isEmpty() && (!REF.matcher(path).matches() || path.contains(".."))) {
      refuse("path '" + path + "': expected a folder in the repository, such as plants/a");
    }
    return new GitReader.Settings(
        url, branch, path, text(map, "credentials").map(c -> Path.of(c).toAbsolutePath()));
  }

  /** Whoever can change what comes back commands the fleet, so it comes over TLS or from here. */
  private static URI url(String text) {
    Optional<URI> url = address(text).filter(SourceConfig::isAllowed);
    if (url.isEmpty()) {
      refuse("git '" + text + "': expected https://HOST/…, file:///…, or http:// to this machine");
    }
    boolean isBare = url.get().getQuery() == null && url.get().getFragment() == null;
    if (url.get().getUserInfo() != null || !isBare) {
      refuse("git: no user, password or query in the address; put them into a 'credentials' file");
    }
    return url.get();
  }

  private static Optional<URI> address(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static boolean isAllowed(URI url) {
    String host = String.valueOf(url.getHost());
    return switch (String.valueOf(url.getScheme())) {
      case "https" -> url.getHost() != null;
      case "http" -> Set.of("127.0.0.1", "localhost").contains(host);
      case "file" -> url.getHost() == null && String.valueOf(url.getPath()).startsWith("/");
      default -> false;
    };
  }

  private static Duration interval(String text) {
    Matcher form = INTERVAL.matcher(text);
    if (form.matches()) {
      long number = Long.parseLong(form.group(1));
      Duration interval =
          switch (form.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
          };
      if (interval.compareTo(LEAST_INTERVAL) >= 0 && interval.compareTo(MOST_INTERVAL) <= 0) {
        return interval;
      }
    }
    throw new IllegalArgumentException(
        "sources: interval '" + text + "': expected 10s to 24h, such as 30s, 5m or 1h");
  }

  private static Optional<RolloutTarget> target(@Nullable Object value) {
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw badTarget();
    }
    List<String> devices = new ArrayList<>();
    Map<String, String> labels = new TreeMap<>();
    boolean isAll = false;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = String.valueOf(entry.getKey());
      if (key.equals("devices") && entry.getValue() instanceof List<?> names) {
        names.forEach(name -> devices.add(new DeviceId(String.valueOf(name)).value()));
      } else if (key.equals("all") && Boolean.TRUE.equals(entry.getValue())) {
        isAll = true;
      } else if (entry.getValue() instanceof String label && !key.equals("devices")) {
        labels.put(key, label);
      } else {
        throw badTarget();
      }
    }
    return Optional.of(new RolloutTarget(devices, labels, isAll));
  }

  private static IllegalArgumentException badTarget() {
    return new IllegalArgumentException(
        "sources: target: expected { site: plant-a }, { devices: [ gw-1 ] } or { all: true }");
  }

  /**
   * @param folder for what is fetched
   */
  SourceReader reader(Path folder) throws IOException {
    if (git().isEmpty()) {
      return new DirectoryReader(directory().orElseThrow());
    }
    GitReader.Settings settings = git().get();
    if (settings.credentials().isPresent()) {
      secret("credentials", settings.credentials().get());
    }
    return new GitReader(settings, folder);
  }

  /** The secret of the webhook, where there is to be one. */
  Optional<String> secret() throws IOException {
    if (webhookSecret().isEmpty()) {
      return Optional.empty();
    }
    String secret = secret("webhookSecret", webhookSecret().get()).strip();
    if (secret.length() < LEAST_SECRET) {
      throw new IOException(
          "source %s: the secret in %s is shorter than %d characters: `openssl rand -hex 32` makes one"
              .formatted(settings().name(), webhookSecret().get(), LEAST_SECRET));
    }
    return Optional.of(secret);
  }

  private String secret(String key, Path file) throws IOException {
    String what = "source " + settings().name() + ": " + key + " " + file;
    try {
      Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
      if (rights.contains(PosixFilePermission.OTHERS_READ)
          || rights.contains(PosixFilePermission.GROUP_READ)) {
        throw new IOException("others can read it: chmod 600 " + file);
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IOException(what + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static void refuse(String why) {
    throw new IllegalArgumentException("sources: " + why);
  }

  private static Optional<String> text(Map<?, ?> map, String key) {
    return Optional.ofNullable(map.get(key)).map(String::valueOf);
  }
}
