package dev.bumpless.agent;

import dev.bumpless.agent.docker.Subnet;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceLabel;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads {@link AgentConfig} from YAML; whatever is wrong is told with its line. */
final class AgentConfigFile {
  private static final String KNOWN =
      "device, broker, trust, state, router, docker, space, subnet, listenAddress, registries,"
          + " labels";

  private final Path file;
  private final Map<String, Node> values = new LinkedHashMap<>();

  private AgentConfigFile(Path file) {
    this.file = file;
  }

  /** Relative paths are taken from the folder of the file. */
  static AgentConfig read(Path file) throws InvalidConfigException {
    AgentConfigFile reading = new AgentConfigFile(file.toAbsolutePath());
    reading.load();
    return reading.config();
  }

  private void load() throws InvalidConfigException {
    try (Reader reader = Files.newBufferedReader(file)) {
      Node root = new Yaml(new LoaderOptions()).compose(reader);
      if (!(root instanceof MappingNode mapping)) {
        throw new InvalidConfigException(file + ": expected 'key: value' lines");
      }
      for (NodeTuple entry : mapping.getValue()) {
        String key = scalar(entry.getKeyNode());
        if (!Arrays.asList(KNOWN.split(", ", -1)).contains(key)) {
          throw wrong(entry.getKeyNode(), "unknown key '" + key + "'; there are " + KNOWN);
        }
        if (values.put(key, entry.getValueNode()) != null) {
          throw wrong(entry.getKeyNode(), "'" + key + "' is there twice");
        }
      }
    } catch (IOException e) {
      throw new InvalidConfigException("reading " + file + " failed: " + e);
    } catch (YAMLException e) {
      throw new InvalidConfigException(file + " is no YAML: " + e.getMessage());
    }
  }

  private AgentConfig config() throws InvalidConfigException {
    DeviceId device = required("device", DeviceId::new);
    return new AgentConfig(
        device,
        required("broker", text -> uri(text, "ssl")),
        required("trust", this::path),
        required("state", this::path),
        value("router", this::path).orElse(Path.of("/run/bumpless/router.sock")),
        value("docker", text -> uri(text, "unix"))
            .orElse(URI.create("unix:///var/run/docker.sock")),
        value("space", AgentConfigFile::name).orElse(device.value()),
        value("subnet", AgentConfigFile::subnet).orElse(Subnet.parse("172.30.1.0/24")),
        value("listenAddress", AgentConfigFile::address).orElse("0.0.0.0"),
        value("registries", this::path),
        labels());
  }

  private Map<String, String> labels() throws InvalidConfigException {
    Map<String, String> labels = new LinkedHashMap<>();
    Node node = values.get("labels");
    if (node == null) {
      return labels;
    }
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "'labels' expects { key: value }");
    }
    for (NodeTuple entry : mapping.getValue()) {
      label(entry, labels);
    }
    return labels;
  }

  private void label(NodeTuple entry, Map<String, String> labels) throws InvalidConfigException {
    String key = scalar(entry.getKeyNode());
    if (labels.put(key, scalar(entry.getValueNode())) != null) {
      throw wrong(entry.getKeyNode(), "label '" + key + "' is there twice");
    }
    try {
      DeviceLabel.check(labels);
    } catch (IllegalArgumentException e) {
      throw wrong(entry.getKeyNode(), e.getMessage());
    }
  }

  private <T> T required(String key, Function<String, T> type) throws InvalidConfigException {
    return value(key, type)
        .orElseThrow(() -> new InvalidConfigException(file + ": '" + key + "' is missing"));
  }

  private <T> Optional<T> value(String key, Function<String, T> type)
      throws InvalidConfigException {
    Node node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(type.apply(scalar(node)));
    } catch (IllegalArgumentException e) {
      throw wrong(node, "'" + key + "': " + e.getMessage());
    }
  }

  private String scalar(Node node) throws InvalidConfigException {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw wrong(node, "expected a single value");
  }

  private Path path(String text) {
    return file.resolveSibling(text).normalize();
  }

  private static URI uri(String text, String scheme) {
    if (!text.startsWith(scheme + "://")) {
      throw new IllegalArgumentException("'" + text + "': expected " + scheme + "://…");
    }
    return URI.create(text);
  }

  private static Subnet subnet(String text) {
    Subnet subnet = Subnet.parse(text);
    if (subnet.prefix() < 12 || subnet.prefix() > 27) {
      throw new IllegalArgumentException(text + ": expected a prefix of 12 to 27");
    }
    return subnet;
  }

  private static String name(String text) {
    if (!text.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException("'" + text + "': expected 1 to 63 of a-z, 0-9 and '-'");
    }
    return text;
  }

  /** A literal address: a name could mean another one tomorrow. */
  private static String address(String text) {
    if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*")) {
      throw new IllegalArgumentException("'" + text + "': expected an IP address as 0.0.0.0");
    }
    return text;
  }

  private InvalidConfigException wrong(Node node, @Nullable String what) {
    return new InvalidConfigException(
        "%s:%d: %s".formatted(file, node.getStartMark().getLine() + 1, what));
  }
}
