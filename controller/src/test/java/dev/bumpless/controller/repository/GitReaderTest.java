package dev.bumpless.controller.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.source.Snapshot;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real repositories, over file:// and over git's own HTTP server. */
@Timeout(60)
class GitReaderTest {
  private static final String PASSWORD = "a-token-of-a-forge";

  @TempDir private Path folder;
  private GitRepository repository;

  @BeforeEach
  void init() throws IOException {
    repository = new GitRepository(folder.resolve("plants"));
    repository.commit("a/pump.yaml", "name: pump\n");
  }

  @Test
  void readsTheManifestsOfOneFolderOfABranchAndNothingElse() throws IOException {
    Files.writeString(repository.folder().resolve("README.md"), "words\n");
    Files.writeString(repository.folder().resolve("top.yaml"), "name: top\n");
    Files.createDirectories(repository.folder().resolve("a/deep/.hidden"));
    Files.writeString(repository.folder().resolve("a/deep/grüße.txt"), "words\n");
    Files.writeString(repository.folder().resolve("a/deep/.hidden/x.yaml"), "name: x\n");
    Files.writeString(repository.folder().resolve("a/.ci.yml"), "steps: []\n");
    String commit = repository.commit("a/deep/web.yml", "name: web # ü\n");

    Snapshot snapshot = reader(repository.url(), "a").read(Optional.empty());

    assertThat(snapshot.revision()).isEqualTo(commit);
    assertThat(snapshot.files())
        .containsOnly(
            java.util.Map.entry("deep/web.yml", "name: web # ü\n"),
            java.util.Map.entry("pump.yaml", "name: pump\n"));
    assertThat(folder.resolve("work")).as("nothing is left").doesNotExist();
  }

  @Test
  void anotherBranchIsAnotherBranch() throws IOException {
    repository.git("checkout", "--quiet", "-b", "plants/b");
    String commit = repository.commit("a/pump.yaml", "name: other\n");
    repository.git("checkout", "--quiet", "main");

    Snapshot snapshot = reader(settings(repository.url(), "plants/b", "a")).read(Optional.empty());

    assertThat(snapshot.revision()).isEqualTo(commit);
    assertThat(snapshot.files()).containsEntry("pump.yaml", "name: other\n");
  }

  @Test
  void whatIsKnownIsNotFetchedAgainAndWhatIsNewIs() throws IOException {
    GitReader reader = reader(repository.url(), "a");
    Snapshot first = reader.read(Optional.empty());

    assertThat(reader.read(Optional.of(first))).isSameAs(first);

    String commit = repository.commit("a/pump.yaml", "name: pump2\n");
    assertThat(reader.read(Optional.of(first)).revision()).isEqualTo(commit);
  }

  @Test
  void aHistoryThatWasRewrittenIsReadAsItIsNow() throws IOException {
    GitReader reader = reader(repository.url(), "a");
    Snapshot first = reader.read(Optional.empty());
    Files.writeString(repository.folder().resolve("a/pump.yaml"), "name: rewritten\n");
    repository.git("commit", "--quiet", "--all", "--amend", "-m", "Another past");
    repository.git("reflog", "expire", "--expire=now", "--all");
    repository.git("gc", "--quiet", "--prune=now");

    assertThat(reader.read(Optional.of(first)).files())
        .containsEntry("pump.yaml", "name: rewritten\n");
  }

  @Test
  void aRepositoryThatIsGoneIsTold() {
    Problem problem = problem(reader("file://" + folder.resolve("gone"), ""));

    assertThat(problem.code()).isEqualTo(Problem.Code.SOURCE_UNREADABLE);
    assertThat(problem.message()).contains("gone").contains("does not appear to be a git repo");
    assertThat(problem.hint()).contains("nothing was applied");
  }

  @Test
  void aRemoteThatIsAwayIsToldInTheSameWordsEachTime() throws IOException {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }

    Problem problem = problem(reader("http://127.0.0.1:" + closed + "/fleet.git", ""));

    assertThat(problem.message())
        .contains("Failed to connect to 127.0.0.1 port " + closed + ":")
        .doesNotContain(" ms");
  }

  @Test
  void aBranchOrFolderThatIsNotThereIsTold() {
    assertThat(problem(reader(settings(repository.url(), "nope", ""))).message())
        .contains("it has no branch 'nope'");
    assertThat(problem(reader(repository.url(), "b")).message())
        .contains("the branch has no folder 'b'");
    assertThat(problem(reader(repository.url(), "a/pump.yaml")).message())
        .contains("the branch has no folder");
  }

  @Test
  void aFolderWithoutManifestsIsTold() throws IOException {
    repository.git("rm", "--quiet", "-r", "a");
    repository.commit("README.md", "words\n");

    assertThat(problem(reader(repository.url(), "")).message())
        .contains("it holds no *.yaml or *.yml");
  }

  @Test
  void aManifestThatIsALinkIsRefusedAndALinkedFolderIsNotGoneInto() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret.yaml"), "secret: 1\n");
    Files.createSymbolicLink(repository.folder().resolve("a/elsewhere"), folder);
    repository.commit();
    assertThat(reader(repository.url(), "a").read(Optional.empty()).files())
        .containsOnlyKeys("pump.yaml");

    Files.createSymbolicLink(repository.folder().resolve("a/link.yaml"), secret);
    repository.commit();
    assertThat(problem(reader(repository.url(), "a")).message())
        .contains("link.yaml: it is a symbolic link");
    assertThat(problem(reader(repository.url(), "a/elsewhere")).message())
        .contains("the branch has no folder");
  }

  @Test
  void whatIsTooLargeOrTooManyIsRefused() throws IOException {
    repository.commit("a/large.yaml", "#".repeat(Manifests.MOST_FILE_BYTES + 1));
    assertThat(problem(reader(repository.url(), "a")).message())
        .contains("large.yaml: it is larger than 256 KiB");

    for (int i = 0; i < Manifests.MOST_FILES + 1; i++) {
      Files.writeString(
          Files.createDirectories(repository.folder().resolve("many")).resolve(i + ".yaml"), "#\n");
    }
    repository.commit();
    assertThat(problem(reader(repository.url(), "many")).message())
        .contains("more than 500 manifests");
  }

  @Test
  void aCommitThatIsLargerThanTheLimitIsCutOff() throws IOException {
    byte[] noise = new byte[4 << 20];
    new Random(1).nextBytes(noise);
    Files.write(repository.folder().resolve("build.bin"), noise);
    repository.commit();
    GitLimits small =
        new GitLimits(Duration.ofSeconds(20), Duration.ofSeconds(20), 1 << 20, 512L << 20);

    assertThat(
            problem(new GitReader(settings(repository.url(), "main", "a"), work(), small))
                .message())
        .contains("larger than 1024 KiB");
    assertThat(folder.resolve("work")).doesNotExist();
    assertThat(reader(repository.url(), "a").read(Optional.empty()).files()).hasSize(1);
  }

  @Test
  void whatUnpacksToMuchIsNeverUnpacked() throws IOException {
    try (RandomAccessFile bomb =
        new RandomAccessFile(repository.folder().resolve("a/bomb.yaml").toFile(), "rw")) {
      bomb.setLength(256L << 20); // zeros: a quarter of a megabyte when git has packed them
    }
    repository.commit();
    GitLimits narrow =
        new GitLimits(Duration.ofSeconds(30), Duration.ofSeconds(30), 1 << 20, 192L << 20);

    try (GitHttpServer server = new GitHttpServer(folder, "reader", PASSWORD)) {
      GitReader.Settings settings =
          new GitReader.Settings(
              server.url("plants/.git"), "main", "a", Optional.of(credentials(PASSWORD)));
      assertThat(problem(new GitReader(settings, work(), narrow)).message())
          .contains("bomb.yaml: it is larger than 256 KiB");
    }
  }

  @Test
  void namesThatATerminalWouldObeyAreRefusedAndNotRepeated() throws IOException {
    repository.commit("a/\u001b[31mred.yaml", "name: red\n");

    assertThat(problem(reader(repository.url(), "a")).message())
        .contains("its name has other characters")
        .doesNotContain("\u001b");
  }

  @Test
  void aRemoteThatNeverAnswersIsGivenUpAndItsProcessKilled() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + silent.getLocalPort() + "/plants";
      GitLimits short_ =
          new GitLimits(Duration.ofSeconds(2), Duration.ofSeconds(2), 1 << 20, 512L << 20);
      Instant start = Instant.now();

      Problem problem = problem(new GitReader(settings(url, "main", ""), work(), short_));

      assertThat(problem.message()).contains("no end of it within 2 s");
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(15));
      assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  @Test
  void readsOverHttpWithCredentialsAndNeverTellsThem() throws IOException {
    try (GitHttpServer server = new GitHttpServer(folder, "reader", PASSWORD)) {
      Path credentials = credentials(PASSWORD);
      URI url = server.url("plants/.git");

      GitReader reader = reader(new GitReader.Settings(url, "main", "a", Optional.of(credentials)));
      assertThat(reader.read(Optional.empty()).files()).containsOnlyKeys("pump.yaml");

      credentials("wrong-password");
      Problem problem = problem(reader);
      assertThat(problem.message()).contains("Authentication failed").doesNotContain("wrong-pass");
      assertThat(Files.readString(credentials)).as("it is never forgotten").contains("wrong");
    }
  }

  @Test
  void nobodyIsFollowedToWhereHeSendsUs() throws IOException {
    try (GitHttpServer server = new GitHttpServer(folder, "reader", PASSWORD)) {
      server.redirectTo(repository.url());
      Problem toFile = problem(reader(server.url("plants/.git").toString(), "a"));
      assertThat(toFile.message()).contains("git says:");

      server.redirectTo(server.url("elsewhere/.git/info/refs?service=git-upload-pack").toString());
      problem(reader(server.url("plants/.git").toString(), "a"));
      assertThat(server.requests).noneMatch(request -> request.contains("elsewhere"));
    }
  }

  private Path credentials(String password) throws IOException {
    return Files.writeString(
        folder.resolve("credentials"), "username=reader\npassword=" + password + "\n");
  }

  private Path work() {
    return folder.resolve("work");
  }

  private GitReader reader(String url, String path) {
    return reader(settings(url, "main", path));
  }

  private GitReader reader(GitReader.Settings settings) {
    return new GitReader(settings, work());
  }

  private static GitReader.Settings settings(String url, String branch, String path) {
    return new GitReader.Settings(URI.create(url), branch, path, Optional.empty());
  }

  private static Problem problem(GitReader reader) {
    ProblemException thrown =
        catchThrowableOfType(ProblemException.class, () -> reader.read(Optional.empty()));
    assertThat(thrown).isNotNull();
    return thrown.problem();
  }
}
