package dev.bumpless.controller.fleet;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceLabel;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.PullProgress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The devices. What they say is written by the link's one thread; their labels, and reading, are
 * for any thread.
 */
public final class Fleet {
  private final FleetStore store;
  private final Enrolment enrolment;
  private final Lives lives = new Lives();
  private final Silence silence = new Silence();
  private final Map<PullKey, PullProgress> pulls = new ConcurrentHashMap<>();

  public Fleet(FleetStore store, Enrolment enrolment) {
    this.store = store;
    this.enrolment = enrolment;
  }

  /** All devices, those that enrolled since the last look included. */
  public List<Device> devices() {
    store.register(enrolment.enrolled());
    return store.devices();
  }

  public Optional<Device> device(DeviceId id) {
    Optional<Device> known = store.device(id);
    if (known.isPresent() || !enrolment.enrolled().contains(id)) {
      return known;
    }
    store.register(Set.of(id));
    return store.device(id);
  }

  /** Cheaper than the whole device. */
  public boolean isOnline(DeviceId id) {
    return store.isOnline(id);
  }

  /** The device of that name; a problem where nobody ever heard of it. */
  public Device require(DeviceId id) {
    return device(id).orElseThrow(() -> unknown(Set.of(id)));
  }

  /** The devices that are meant; a problem where one is named that nobody ever heard of. */
  public List<Device> select(Selection selection) {
    List<Device> all = devices();
    Set<DeviceId> strangers = new TreeSet<>(selection.devices());
    all.forEach(device -> strangers.remove(device.id()));
    if (!strangers.isEmpty()) {
      throw unknown(strangers);
    }
    return all.stream().filter(selection::includes).toList();
  }

  /**
   * Notes a birth or an end; returns whether it counted. A birth that is repeated tells nothing but
   * that it is still there, and nothing is written.
   */
  public boolean heard(Presence presence, Instant now) {
    DeviceId id = presence.device();
    Life life = lives.present(id, this::stored);
    if (lives.isOver(id, presence.boot()) || !life.believes(presence)) {
      return false;
    }
    if (life.isKnown(presence)) {
      silence.isBrokenBy(id, now);
      return false;
    }
    store.savePresence(id, presence.boot(), presence.online(), now);
    lives.go(id, life.after(presence));
    if (presence.online()) {
      silence.begins(id, now);
    } else {
      left(id);
    }
    return true;
  }

  private void left(DeviceId id) {
    silence.forget(id);
    pulls.keySet().removeIf(key -> key.device().equals(id));
  }

  /**
   * Notes a report, which is a sign of life too: whoever was taken for dead is there again, unless
   * it was said before the end and is heard after it. Returns whether it was newer than the one at
   * hand.
   */
  public boolean heard(DeviceReport report, Instant now) {
    DeviceId id = report.device();
    Life life = lives.present(id, this::stored);
    if (lives.isOver(id, report.boot())) {
      return false;
    }
    if (!life.isNews(report)) {
      silence.isBrokenBy(id, now);
      return false;
    }
    Life after = life.after(report);
    if (after.online() && !(life.online() && life.is(report.boot()))) {
      store.savePresence(id, report.boot(), true, now);
    }
    store.saveReport(report, now);
    lives.go(id, after);
    if (after.online()) {
      silence.begins(id, now);
    }
    return true;
  }

  /** Notes that it said something else, which breaks its silence. By the link's thread. */
  public void heard(DeviceId id, Instant now) {
    silence.isBrokenBy(id, now);
  }

  /**
   * Who is shown as there and has said nothing for 25 minutes while somebody listened, and when it
   * was last heard: its will is lost, for it reports far more often. By the link's thread, which
   * shows by asking that it listens. Asks no store, and itself once a minute.
   */
  public Map<DeviceId, Instant> silent(Instant now) {
    return silence.tooLong(now);
  }

  /** Takes it for gone since it was last heard. Its next report brings it back. */
  public void takeForGone(DeviceId id, Instant heard) {
    Life life = lives.present(id, this::stored);
    store.savePresence(id, life.boot().orElseThrow(), false, heard);
    lives.go(id, life.gone());
    left(id);
  }

  /** Whether it is there, by what was heard last. By the link's thread. */
  public boolean isThere(DeviceId id) {
    return lives.present(id, this::stored).online();
  }

  public void heard(PullProgress progress) {
    pulls.put(new PullKey(progress.device(), progress.app()), progress);
  }

  /** How far a pull is, as last heard; of the order that it was heard for. */
  public Optional<PullProgress> pull(DeviceId device, AppName app) {
    return Optional.ofNullable(pulls.get(new PullKey(device, app)));
  }

  /** Whoever is there will say so. By the link's thread, before it hears anybody. */
  public void markAllOffline() {
    lives.forgetPresent();
    silence.forgetAll();
    store.markAllOffline();
  }

  public void label(DeviceId id, Map<String, String> labels) {
    require(id);
    try {
      DeviceLabel.check(labels);
    } catch (IllegalArgumentException e) {
      throw Problem.of(
          Problem.Code.BAD_REQUEST,
          "labels of " + id + ": " + e.getMessage(),
          "correct the labels");
    }
    store.saveLabels(id, labels);
  }

  /** Whoever speaks has a certificate of ours, so he is part of the fleet. */
  private Life stored(DeviceId id) {
    Optional<Device> known = store.device(id);
    if (known.isEmpty()) {
      store.register(Set.of(id));
    }
    return Life.of(known.orElseGet(() -> Device.enrolled(id)));
  }

  private static RuntimeException unknown(Set<DeviceId> ids) {
    return Problem.of(
        Problem.Code.NOT_FOUND,
        "no such device: " + String.join(", ", ids.stream().map(DeviceId::value).toList()),
        "see `bumpless get devices`; a new one is enrolled with `bumpless init DIR --devices ID`");
  }

  private record PullKey(DeviceId device, AppName app) {}
}
