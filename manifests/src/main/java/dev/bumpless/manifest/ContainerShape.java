package dev.bumpless.manifest;

import dev.bumpless.manifest.Container.Device;
import dev.bumpless.manifest.Container.Resources;
import dev.bumpless.manifest.Container.Security;
import dev.bumpless.manifest.Container.Volume;
import dev.bumpless.manifest.shape.BooleanShape;
import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.MapShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What an entry of {@code containers} looks like. */
final class ContainerShape {
  private static final Shape<String> TEXT = Texts.any(Limits.TEXT_LENGTH);
  private static final Shape<List<String>> ARGUMENTS = ListShape.of(TEXT, 0, Limits.ARGUMENTS);

  private ContainerShape() {}

  static Shape<Container> shape() {
    var of = new ObjectShapeBuilder<Container>();
    var name = of.required("name", label(), Container::name, "Its host name for the others.");
    var image = of.required("image", image(), Container::image, "`registry/repository:tag`.");
    var entrypoint =
        of.optional(
            "entrypoint", ARGUMENTS, Container::entrypoint, List.of(), "Instead of the image's.");
    var command =
        of.optional(
            "command", ARGUMENTS, Container::command, List.of(), "Arguments, for the image's own.");
    var workingDir =
        of.optional(
            "workingDir",
            path().optional(),
            Container::workingDir,
            Optional.empty(),
            "Instead of the image's.");
    var env = of.optional("env", env(), Container::env, Map.of(), "Environment variables.");
    var volumes =
        of.optional(
            "volumes",
            ListShape.unique(volume(), Limits.LIST_LENGTH),
            Container::volumes,
            List.of(),
            "Named volumes; a host path needs the waiver `host-path`.");
    var devices =
        of.optional(
            "devices",
            ListShape.unique(device(), Limits.LIST_LENGTH),
            Container::devices,
            List.of(),
            "Host devices; `:shared` where two slots may open it at once.");
    var resources =
        of.optional(
            "resources", resources(), Container::resources, Resources.DEFAULT, "Its limits.");
    var security =
        of.optional(
            "security",
            security(),
            Container::security,
            Security.DEFAULT,
            "Differences from the safe defaults.");
    var dependsOn =
        of.optional(
            "dependsOn",
            set(label(), App.MAX_CONTAINERS),
            Container::dependsOn,
            Set.of(),
            "Containers of this app that start before this one.");
    of.refuse("ports", "the app's ports stand beside `containers`, each with its container");
    return of.build(
        v ->
            new Container(
                v.get(name),
                v.get(image),
                v.get(entrypoint),
                v.get(command),
                v.get(workingDir),
                v.get(env),
                v.get(volumes),
                v.get(devices),
                v.get(resources),
                v.get(security),
                v.get(dependsOn)));
  }

  private static Shape<Resources> resources() {
    var of = new ObjectShapeBuilder<Resources>();
    var memory =
        of.optional(
            "memory",
            Limits.MEMORY,
            Resources::memoryBytes,
            0L,
            "Hard limit. Must be given, or waived by `memory-limit`.");
    var cpus =
        of.optional("cpus", Limits.CPUS, Resources::cpus, 0.0, "Share of cores; none: no limit.");
    var pids =
        of.optional(
            "pids",
            Limits.PIDS,
            Resources::pids,
            Resources.DEFAULT_PIDS,
            "Most processes and threads.");
    return of.build(v -> new Resources(v.get(memory), v.get(cpus), v.get(pids)));
  }

  private static Shape<Security> security() {
    var of = new ObjectShapeBuilder<Security>();
    Shape<Boolean> flag = new BooleanShape();
    Shape<Set<String>> capabilities = set(capability(), Capabilities.KNOWN.size());
    var readOnly =
        of.optional(
            "readOnlyRootFilesystem",
            flag,
            Security::readOnlyRootFilesystem,
            false,
            "Nothing but volumes can be written.");
    var add =
        of.optional(
            "capAdd", capabilities, Security::capAdd, Set.of(), "Capabilities to have as well.");
    var drop =
        of.optional(
            "capDrop", capabilities, Security::capDrop, Set.of(), "Capabilities to go without.");
    var user =
        of.optional(
            "user",
            user().optional(),
            Security::user,
            Optional.empty(),
            "`user` or `user:group`, by name or number, in quotes; none: the image's.");
    var privileged =
        of.optional(
            "privileged", flag, Security::privileged, false, "Needs the waiver `privileged`.");
    var hostNetwork =
        of.optional(
            "hostNetwork", flag, Security::hostNetwork, false, "Needs the waiver `host-network`.");
    return of.build(
        v ->
            new Security(
                v.get(readOnly),
                v.get(add),
                v.get(drop),
                v.get(user),
                v.get(privileged),
                v.get(hostNetwork)));
  }

  static Shape<String> label() {
    return Texts.matching(Limits.LABEL_EXPECTED, Limits.LABEL, Limits.LABEL_LENGTH, "");
  }

  static Shape<Set<String>> set(Shape<String> item, int max) {
    return ListShape.unique(item, max).as(Ordered::set, List::copyOf);
  }

  private static Shape<ImageRef> image() {
    return Texts.matching(
            "an image, registry/repository:tag in lower case", ImageRef.PATTERN, 500, "")
        .as(ImageRef::parse, ImageRef::toString);
  }

  private static Shape<String> path() {
    return Texts.matching("an absolute path", "/.*", Limits.PATH_LENGTH, "")
        .as(ContainerShape::checked, p -> p);
  }

  private static String checked(String path) {
    FilePath.check(path);
    return path;
  }

  private static Shape<Map<String, String>> env() {
    return new MapShape<>(
        "a variable's name", Pattern.compile(Container.ENV_NAME), TEXT, Limits.ENV_LENGTH);
  }

  private static Shape<Volume> volume() {
    return Texts.matching(
            "a volume, name:/path or name:/path:ro", "[^:]+:/[^:]*(:r[ow])?", 2100, "")
        .as(Volume::parse, Volume::toString);
  }

  private static Shape<Device> device() {
    return Texts.matching("a device, /dev/… or /dev/…:shared", "/dev/[^:]+(:shared)?", 1100, "")
        .as(Device::parse, Device::toString);
  }

  private static Shape<String> capability() {
    Map<String, String> words = new LinkedHashMap<>();
    Capabilities.KNOWN.forEach(c -> words.put(c, c));
    return new ChoiceShape<>(words);
  }

  private static Shape<String> user() {
    return Texts.matching(
        "a user, \"1000\" or \"1000:1000\" or names", Security.USER, 130, "put numbers in quotes");
  }
}
