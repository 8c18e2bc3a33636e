package dev.bumpless.router.table;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * A record as the file that keeps it: lines that a person can read, ended by their CRC-32, so that
 * a torn or bent file is known as such and never half believed.
 *
 * <pre>
 * bumpless-routes 1
 * app pump
 * generation 7
 * route 0.0.0.0:1880 http
 * target blue/0
 * target green/0 0.0.0.0:1880 172.30.1.3:1880
 * serving green/0
 * end 1c291ca3
 * </pre>
 *
 * <p>{@code target} without a route declares the instance; each of its routes has a line of its
 * own.
 */
final class RecordText {
  private static final String HEAD = "bumpless-routes 1";

  private RecordText() {}

  static String write(AppRecord app) {
    StringBuilder text = new StringBuilder(256);
    text.append(HEAD).append('\n');
    text.append("app ").append(app.app()).append('\n');
    text.append("generation ").append(app.generation()).append('\n');
    app.routes()
        .forEach(
            (listen, protocol) ->
                text.append("route ").append(listen).append(' ').append(protocol).append('\n'));
    app.targets()
        .forEach(
            (instance, targets) -> {
              text.append("target ").append(instance).append('\n');
              targets.forEach(
                  (route, target) ->
                      text.append("target ")
                          .append(instance)
                          .append(' ')
                          .append(route)
                          .append(' ')
                          .append(target)
                          .append('\n'));
            });
    app.serving().forEach(instance -> text.append("serving ").append(instance).append('\n'));
    String end = "end " + crc(text) + "\n";
    return text.append(end).toString();
  }

  /**
   * @throws IllegalArgumentException when it is not exactly what {@link #write} wrote
   */
  static AppRecord read(String text) {
    int end = text.lastIndexOf("\nend ") + 1;
    if (end == 0 || !text.startsWith(HEAD + "\n")) {
      throw new IllegalArgumentException("torn: no head or no end");
    }
    if (!text.substring(end).equals("end " + crc(text.substring(0, end)) + "\n")) {
      throw new IllegalArgumentException("torn or altered: the checksum does not match");
    }
    Builder record = new Builder();
    text.substring(HEAD.length() + 1, end).lines().forEach(line -> record.add(line.split(" ", -1)));
    return record.build();
  }

  private static String crc(CharSequence text) {
    CRC32 crc = new CRC32();
    crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }

  private static final class Builder {
    private String app = "";
    private long generation;
    private final SortedMap<Endpoint, Protocol> routes = new TreeMap<>();
    private final SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets = new TreeMap<>();
    private final SortedSet<Instance> serving = new TreeSet<>();

    void add(String[] words) {
      switch (words[0] + " " + (words.length - 1)) {
        case "app 1" -> app = words[1];
        case "generation 1" -> generation = Long.parseLong(words[1]);
        case "route 2" -> routes.put(Endpoint.parse(words[1]), Protocol.parse(words[2]));
        case "target 1" -> targets.put(Instance.parse(words[1]), new TreeMap<>());
        case "target 3" ->
            targets
                .computeIfAbsent(Instance.parse(words[1]), key -> new TreeMap<>())
                .put(Endpoint.parse(words[2]), Endpoint.parse(words[3]));
        case "serving 1" -> serving.add(Instance.parse(words[1]));
        default -> throw new IllegalArgumentException("line '" + String.join(" ", words) + "'");
      }
    }

    AppRecord build() {
      return new AppRecord(app, generation, routes, targets, serving);
    }
  }
}
