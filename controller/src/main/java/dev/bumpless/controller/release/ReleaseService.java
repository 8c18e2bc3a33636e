package dev.bumpless.controller.release;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.release.ImageResolver.ResolvedImage;
import dev.bumpless.controller.release.SigningKeys.SignedRelease;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Release.PlatformImage;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes releases: each tag is resolved once, here, and what devices get holds only digests.
 *
 * <p>May be called by any thread; {@link #release} by one at a time, as it compares and then
 * counts.
 */
public final class ReleaseService {
  /** So that an order with its release fits an MQTT packet of 256 KiB with room to spare. */
  static final int MAX_PAYLOAD_CHARS = 160 * 1024;

  private final ReleaseStore store;
  private final ImageResolver resolver;
  private final SigningKeys keys;
  private final MessageCodec.AppText appText;

  public ReleaseService(
      ReleaseStore store, ImageResolver resolver, SigningKeys keys, MessageCodec.AppText appText) {
    this.store = store;
    this.resolver = resolver;
    this.keys = keys;
    this.appText = appText;
  }

  /** Resolves every image; asks registries, so it may take a minute, and touches nothing. */
  public PinnedApp pin(App app) {
    Map<String, Map<String, PlatformImage>> images = new TreeMap<>();
    List<Container> pinned = new ArrayList<>();
    for (Container container : app.containers()) {
      ResolvedImage image = resolver.resolve(container.image());
      images.put(container.name(), image.platforms());
      pinned.add(container.withImage(container.image().withDigest(image.digest())));
    }
    return new PinnedApp(app.withContainers(pinned), images, appText.write(app));
  }

  /** The newest release where it is the same already, else a new one, counted, signed and kept. */
  public StoredRelease release(PinnedApp pinned, String cause, Instant now) {
    return same(pinned).orElseGet(() -> next(pinned, cause, now));
  }

  /** The newest release where it is the same already. */
  public Optional<StoredRelease> same(PinnedApp pinned) {
    return store.newest(pinned.app().name()).filter(newest -> isSame(newest.release(), pinned));
  }

  private StoredRelease next(PinnedApp pinned, String cause, Instant now) {
    AppName name = pinned.app().name();
    long floor = store.newest(name).map(known -> known.release().floor()).orElse(0L);
    Release release =
        new Release(
            new ReleaseId(name, store.nextCounter(name)),
            floor,
            pinned.app(),
            pinned.images(),
            now);
    SignedRelease signed = keys.sign(release);
    refuseWhatIsTooBig(release, signed);
    StoredRelease stored =
        new StoredRelease(
            release, signed.envelope(), signed.payloadSha256(), pinned.manifest(), cause);
    store.save(stored);
    return stored;
  }

  public Optional<StoredRelease> find(ReleaseId id) {
    return store.find(id);
  }

  public StoredRelease require(ReleaseId id) {
    return store
        .find(id)
        .orElseThrow(
            () ->
                Problem.of(
                    Problem.Code.NOT_FOUND,
                    "no such release: " + id,
                    "see `bumpless rollout history " + id.app() + "`"));
  }

  /** The newest release of an app; a problem where it has none. */
  public StoredRelease requireNewest(AppName app) {
    return store
        .newest(app)
        .orElseThrow(
            () ->
                Problem.of(
                    Problem.Code.NOT_FOUND,
                    "no such app: " + app,
                    "see `bumpless get apps`, or bring it with `bumpless apply -f FILE`"));
  }

  public Optional<StoredRelease> newest(AppName app) {
    return store.newest(app);
  }

  public List<StoredRelease> history(AppName app, int limit) {
    return store.history(app, limit);
  }

  public Set<AppName> apps() {
    return store.apps();
  }

  private static boolean isSame(Release release, PinnedApp pinned) {
    return release.app().equals(pinned.app()) && release.images().equals(pinned.images());
  }

  private static void refuseWhatIsTooBig(Release release, SignedRelease signed) {
    int chars = signed.envelope().payload().length();
    if (chars > MAX_PAYLOAD_CHARS) {
      throw Problem.of(
          Problem.Code.TOO_LARGE,
          "release %s takes %d bytes on the wire, at most %d fit"
              .formatted(release.id(), chars, MAX_PAYLOAD_CHARS),
          "move long environment values into a volume or an image");
    }
  }
}
