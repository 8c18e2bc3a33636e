package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes of this machine's engine, written by programs that are not ours. */
class VolumeCopierIT {
  private static final System.Logger LOG = System.getLogger(VolumeCopierIT.class.getName());
  private static final AppName APP = new AppName("pump");
  private static final InstanceKey BLUE = new InstanceKey(APP, Slot.BLUE, 0);
  private static final InstanceKey GREEN = new InstanceKey(APP, Slot.GREEN, 0);
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration GRACE = Duration.ofSeconds(1);

  /**
   * All that is promised of a tree, as GNU find and sha256sum tell it; times to the microsecond.
   */
  private static final String DIFFER =
      "tell() { cd $1 && find . -printf '%y %m %U:%G %p -> %l\\n' | sort"
          + " && find . ! -type l -printf '%p %T@\\n' | sed -E 's/([.][0-9]{6})[0-9]*$/\\1/' | sort"
          + " && find . -type f -print0 | sort -z | xargs -0r sha256sum; };"
          + " diff <(tell /a) <(tell /b) && echo the same";

  /** Without an end: files, folders, links, renames, owners, modes, changes that keep the time. */
  private static final String SCRIBBLE =
      "cd /data; mkdir -p d0 d1 d2; echo begun; i=0; while :; do i=$((i+1)); f=d$((RANDOM%3))/f$((RANDOM%30));"
          + " case $((RANDOM%7)) in 0|1) head -c $((RANDOM%9000)) /dev/urandom > $f;;"
          + " 2) rm -f $f;; 3) mv -fT $f d$((RANDOM%3))/f$((RANDOM%30)) 2>/dev/null;;"
          + " 4) ln -sfT f$i $f;; 5) [ -e $f ] && chown -h $((RANDOM%99)):$((RANDOM%99)) $f;"
          + " [ -f $f ] && chmod $((RANDOM%7))00 $f;;"
          + " 6) [ -f $f ] && touch -r $f /ref && printf $((RANDOM%9)) | dd of=$f conv=notrunc 2>/dev/null; [ -f $f ] && touch -r /ref $f;;"
          + " esac 2>/dev/null; done";

  @TempDir private static Path folder;

  private EngineSpace space;
  private VolumeNames names;
  private Boxes boxes;
  private VolumeCopier copier;

  @BeforeEach
  void open() throws Exception {
    space = EngineSpace.open(folder);
    names = new VolumeNames(space.settings().space(), APP);
    boxes = new Boxes(space);
    copier = new VolumeCopier(space.connection(), space.settings());
    CopierContainer.ensureImage(space.client());
  }

  @AfterEach
  void close() throws Exception {
    copier.close(APP);
    awaitNoCopier();
    space.close();
  }

  @Test
  void what_was_written_until_the_stop_is_exactly_there() throws Exception {
    String blue = begin(BLUE, own(BLUE), SCRIBBLE);
    begin(GREEN, own(GREEN), "mkdir /data/stale; echo old > /data/stale/thing; echo begun");

    copier.copy(BLUE, GREEN, false, LIMIT);
    copier.copy(BLUE, GREEN, false, LIMIT);
    boxes.stop(blue, GRACE);
    copier.copy(BLUE, GREEN, true, LIMIT);

    assertThat(boxes.ask(own(BLUE), own(GREEN), DIFFER)).isEqualToIgnoringNewLines("the same");
  }

  @Test
  void the_check_of_these_tests_finds_a_difference() throws Exception {
    begin(BLUE, own(BLUE), "echo 1 > /data/x; echo begun");
    begin(GREEN, own(GREEN), "echo 2 > /data/x; touch -d @0 /data/x; echo begun");

    assertThat(boxes.ask(own(BLUE), own(GREEN), DIFFER)).doesNotContain("the same");
  }

  @Test
  void a_database_that_is_written_until_the_stop_loses_no_row() throws Exception {
    String write =
        "exec 2>&1; { echo 'pragma journal_mode=wal; create table t(n integer primary key, b blob);"
            + " select 0;'; i=0; while :; do i=$((i+1));"
            + " echo \"insert into t values($i, randomblob(3000)); select $i;\"; done; }"
            + " | stdbuf -oL sqlite3 /data/plant.db";
    String blue = begin(BLUE, own(BLUE), "echo begun; " + write);
    begin(GREEN, own(GREEN), "echo begun");
    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> lastNumber(blue) > 20);

    copier.copy(BLUE, GREEN, false, LIMIT);
    copier.copy(BLUE, GREEN, false, LIMIT);
    long copied = lastNumber(blue);
    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> lastNumber(blue) > copied);
    boxes.stop(blue, GRACE);
    long committed = lastNumber(blue);
    copier.copy(BLUE, GREEN, true, LIMIT);

    String green =
        boxes.ask(
            own(BLUE),
            own(GREEN),
            "sqlite3 /b/plant.db 'pragma integrity_check; select max(n) from t'");
    assertThat(green.lines().findFirst()).contains("ok");
    assertThat(Long.parseLong(green.lines().toList().get(1))).isGreaterThanOrEqualTo(committed);
    LOG.log(System.Logger.Level.INFO, "rows committed before the stop: {0}", committed);
  }

  @Test
  void volumes_that_the_old_release_shared_are_the_source_and_a_way_back_leads_there()
      throws Exception {
    String blue = begin(BLUE, names.shared("data"), "echo 1 > /data/x; echo begun");
    begin(GREEN, own(GREEN), "echo begun");
    boxes.stop(blue, GRACE);

    copier.copy(BLUE, GREEN, true, LIMIT);
    assertThat(boxes.ask(names.shared("data"), own(GREEN), DIFFER + "; echo 2 > /b/x"))
        .isEqualToIgnoringNewLines("the same");
    copier.copy(GREEN, BLUE, true, LIMIT);

    assertThat(boxes.ask(names.shared("data"), own(GREEN), DIFFER + "; cat /a/x"))
        .isEqualToIgnoringNewLines("the same2");
  }

  @Test
  void the_delta_of_a_large_volume_takes_a_fraction_of_the_copy() throws Exception {
    begin(
        BLUE,
        own(BLUE),
        "for i in $(seq 20); do head -c 10M /dev/urandom > /data/f$i; done; echo begun;"
            + " while [ ! -e /data/go ]; do sleep 0.1; done;"
            + " for i in 3 9; do printf x | dd of=/data/f$i seek=5000000 bs=1 conv=notrunc 2>/dev/null; done; echo done");
    begin(GREEN, own(GREEN), "echo begun");

    long first = millis(false);
    long second = millis(false);
    boxes.ask(own(BLUE), own(GREEN), "touch /a/go; while [ ! -e /a/go ]; do :; done");
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> running().size() == 1); // the copier
    long delta = millis(true);

    LOG.log(
        System.Logger.Level.INFO,
        "200 MiB: first copy {0} ms, second {1} ms, delta of two pages in the hold {2} ms",
        first,
        second,
        delta);
    assertThat(boxes.ask(own(BLUE), own(GREEN), DIFFER)).isEqualToIgnoringNewLines("the same");
    assertThat(delta).isLessThan(first);
  }

  @Test
  void a_full_disk_is_told_and_what_was_copied_does_not_stay_in_the_way() throws Exception {
    begin(BLUE, own(BLUE), "head -c 20M /dev/zero | tr '\\0' x > /data/big; echo begun");
    space
        .client()
        .createVolumeCmd()
        .withName(own(GREEN))
        .withLabels(Map.of(Labels.SPACE, space.settings().space()))
        .withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=70m"))
        .exec();
    begin(GREEN, own(GREEN), "echo begun; sleep 1000");

    assertThatThrownBy(() -> copier.copy(BLUE, GREEN, false, LIMIT))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("copying volumes [data] of pump from blue/0 to green/0")
        .hasMessageContaining("no room for a second copy");

    assertThat(boxes.ask(own(BLUE), own(GREEN), "ls -A /b")).isEmpty();
  }

  @Test
  void an_exact_copy_of_what_is_still_written_fails_and_names_the_file() throws Exception {
    begin(
        BLUE,
        own(BLUE),
        "while :; do date +%N > /data/clock; [ -e /begun ] || echo begun; >/begun; done");
    begin(GREEN, own(GREEN), "echo begun");

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 20; i++) {
                copier.copy(BLUE, GREEN, true, LIMIT);
              }
            })
        .hasMessageContaining("'clock' changed while it was copied");
  }

  @Test
  void an_instance_that_is_not_there_is_not_taken_for_one_without_volumes() throws Exception {
    begin(BLUE, own(BLUE), "echo begun");

    assertThatThrownBy(() -> copier.copy(BLUE, GREEN, true, LIMIT))
        .hasMessageContaining("pump:green/0 failed: it has no containers");
  }

  @Test
  void a_copy_that_is_not_over_in_time_is_ended() throws Exception {
    begin(BLUE, own(BLUE), "head -c 50M /dev/urandom > /data/big; echo begun");
    begin(GREEN, own(GREEN), "echo begun");

    assertThatThrownBy(() -> copier.copy(BLUE, GREEN, false, Duration.ofMillis(1)))
        .hasMessageContaining("no end within");

    awaitNoCopier();
  }

  @Test
  void what_copies_dies_with_its_agent() throws Exception {
    begin(BLUE, own(BLUE), "echo 1 > /data/x; echo begun");
    begin(GREEN, own(GREEN), "echo begun");
    DockerConnection connection = new DockerConnection(EngineSpace.ENGINE);
    new VolumeCopier(connection, space.settings()).copy(BLUE, GREEN, false, LIMIT);
    assertThat(copiers()).hasSize(1);

    connection.close();

    awaitNoCopier();
  }

  @Test
  void the_copier_is_no_instance_and_is_gone_when_it_is_closed() throws Exception {
    begin(BLUE, own(BLUE), "echo 1 > /data/x; echo begun");
    begin(GREEN, own(GREEN), "echo begun");
    copier.copy(BLUE, GREEN, false, LIMIT);

    assertThat(new DockerEngine(space.connection(), space.settings()).list()).isEmpty();
    assertThat(copiers()).hasSize(1);
    new VolumeCopier(space.connection(), space.settings()).close(APP);

    awaitNoCopier();
  }

  private void awaitNoCopier() {
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> copiers().isEmpty());
  }

  private String own(InstanceKey instance) {
    return names.own(instance.slot(), "data");
  }

  private long millis(boolean exactly) throws EngineException {
    long begin = System.nanoTime();
    copier.copy(BLUE, GREEN, exactly, LIMIT);
    return (System.nanoTime() - begin) / 1_000_000;
  }

  /** Runs it, and waits until it has said that it has begun. */
  private String begin(InstanceKey instance, String volume, String script) throws Exception {
    DockerClient client = space.client();
    if (client.listVolumesCmd().exec().getVolumes().stream()
        .noneMatch(found -> found.getName().equals(volume))) {
      client
          .createVolumeCmd()
          .withName(volume)
          .withLabels(Map.of(Labels.SPACE, space.settings().space()))
          .exec();
    }
    String id = boxes.run(instance, volume, script);
    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> boxes.said(id).contains("begun"));
    return id;
  }

  private long lastNumber(String id) throws Exception {
    return boxes
        .said(id)
        .lines()
        .filter(line -> line.matches("\\d+"))
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }

  private List<Container> copiers() throws EngineException {
    return listed(Map.of(VolumeCopier.ROLE, VolumeCopier.COPIER), true);
  }

  private List<Container> running() throws EngineException {
    return listed(Map.of(), false);
  }

  private List<Container> listed(Map<String, String> labels, boolean all) throws EngineException {
    Map<String, String> ours = new java.util.TreeMap<>(labels);
    ours.put(Labels.SPACE, space.settings().space());
    return space.client().listContainersCmd().withShowAll(all).withLabelFilter(ours).exec();
  }
}
