package dev.bumpless.controller.repository;

import dev.bumpless.controller.repository.GitProgram.Ended;
import dev.bumpless.controller.source.Snapshot;
import dev.bumpless.controller.source.SourceReader;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of a branch. Asks where the branch is; where that is new, fetches that one commit into a
 * repository that is thrown away afterwards, and takes the files out of git's own store: no file of
 * theirs is ever made on this machine, so no link, hook, filter or attribute of theirs does
 * anything. A rewritten history is nothing special.
 */
public final class GitReader implements SourceReader {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
  private static final Pattern BLOB = Pattern.compile("([0-9a-f]+) blob ([0-9]{1,7})\n");
  private static final String LINK = "120000";
  private static final String HEAD = "refs/bumpless/head";

  private final Settings settings;
  private final Path folder;
  private final GitLimits limits;

  /**
   * What to read.
   *
   * @param url {@code https://}, {@code file://}, or {@code http://} to this machine
   * @param path folder in it; empty for all of it
   * @param credentials file with lines {@code username=…} and {@code password=…}
   */
  public record Settings(URI url, String branch, String path, Optional<Path> credentials) {}

  /**
   * @param folder for what is fetched, this reader's alone; emptied before and after each look
   */
  public GitReader(Settings settings, Path folder) {
    this(settings, folder, GitLimits.USUAL);
  }

  GitReader(Settings settings, Path folder, GitLimits limits) {
    this.settings = settings;
    this.folder = folder.toAbsolutePath();
    this.limits = limits;
  }

  @Override
  public String place() {
    String path = settings.path().isEmpty() ? "" : ", folder " + settings.path();
    return settings.url() + ", branch " + settings.branch() + path;
  }

  @Override
  public Snapshot read(Optional<Snapshot> known) {
    Manifests manifests = new Manifests(place());
    try {
      empty();
      Files.createDirectories(folder);
      GitProgram git =
          new GitProgram(folder, settings.url().getScheme(), settings.credentials(), limits);
      String there = ask(git, manifests);
      return known.isPresent() && known.get().revision().equals(there)
          ? known.get()
          : fetch(git, manifests);
    } catch (IOException e) {
      throw manifests.unreadable(
          "cannot be read with git: " + e.getMessage(),
          "is git installed, and the remote reachable from the controller?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw manifests.unreadable("the controller stops", "start it again");
    } finally {
      emptyQuietly();
    }
  }

  private String ask(GitProgram git, Manifests manifests) throws IOException, InterruptedException {
    String branch = "refs/heads/" + settings.branch();
    Ended ended = git.run(limits.ask(), "", "ls-remote", "--", url(), branch);
    expect(ended, manifests, "is it there, and are address and credentials right?");
    String commit = ended.text().replaceFirst("(?s)\\s.*", "");
    if (!COMMIT.matcher(commit).matches()) {
      throw manifests.unreadable(
          "it has no branch '" + settings.branch() + "'", "correct 'branch', or push it");
    }
    return commit;
  }

  private Snapshot fetch(GitProgram git, Manifests manifests)
      throws IOException, InterruptedException {
    String hint = "see what is wrong with that commit; a source holds manifests, not builds";
    expect(git.run(limits.ask(), "", "init", "--quiet", "--bare", "--template="), manifests, hint);
    Ended fetched =
        git.run(
            limits.fetch(),
            "",
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--",
            url(),
            "+refs/heads/" + settings.branch() + ":" + HEAD);
    refuseWhatIsTooLarge(fetched, manifests);
    expect(fetched, manifests, hint);
    Ended head = git.run(limits.ask(), "", "rev-parse", "--verify", HEAD + "^{commit}");
    expect(head, manifests, hint);
    String commit = head.text().strip();
    readAll(git, entries(git, commit, manifests), manifests);
    return new Snapshot(commit, manifests.all());
  }

  /** Git dies without a word at its limit, and leaves a file of that size. */
  private void refuseWhatIsTooLarge(Ended fetched, Manifests manifests) throws IOException {
    if (!fetched.isWell() && largestFile() >= limits.fileBytes()) {
      throw manifests.unreadable(
          "its newest commit is larger than " + (limits.fileBytes() >> 10) + " KiB",
          "keep manifests in a repository of their own");
    }
  }

  private long largestFile() throws IOException {
    long largest = 0;
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        largest = Math.max(largest, Files.size(file));
      }
    }
    return largest;
  }

  /** A file of the commit. */
  private record Entry(String path, String object) {}

  private List<Entry> entries(GitProgram git, String commit, Manifests manifests)
      throws IOException, InterruptedException {
    String tree = commit + ":" + settings.path();
    Ended listed = git.run(limits.ask(), "", "ls-tree", "-r", "-l", "-z", "--full-tree", tree);
    if (!listed.isWell()) {
      throw manifests.unreadable(
          "the branch has no folder '" + settings.path() + "'", "correct 'path', or push it");
    }
    List<Entry> entries = new ArrayList<>();
    for (String line : listed.text().split("\0", -1)) {
      // MODE TYPE OBJECT SIZE<tab>PATH
      String[] parts = line.split("\t", 2);
      if (parts.length == 2 && Manifests.isMeant(parts[1])) {
        entries.add(entry(parts[0].trim().split(" +"), parts[1], manifests));
      }
    }
    return entries;
  }

  private static Entry entry(String[] about, String path, Manifests manifests) {
    if (about[0].equals(LINK)) {
      throw manifests.wrong(path, "it is a symbolic link, and those are not followed");
    }
    if (!about[1].equals("blob")) {
      throw manifests.wrong(path, "it is no file");
    }
    manifests.check(path, Long.parseLong(about[3]));
    return new Entry(path, about[2]);
  }

  /** All in one go; the answer is {@code OBJECT blob SIZE}, the bytes and a line's end for each. */
  private void readAll(GitProgram git, List<Entry> entries, Manifests manifests)
      throws IOException, InterruptedException {
    StringBuilder objects = new StringBuilder();
    entries.forEach(entry -> objects.append(entry.object()).append('\n'));
    Ended ended = git.run(limits.ask(), objects.toString(), "cat-file", "--batch");
    expect(ended, manifests, "push that commit again");
    ByteBuffer all = ended.output();
    for (Entry entry : entries) {
      manifests.add(entry.path(), next(all, entry, manifests));
    }
  }

  private static byte[] next(ByteBuffer all, Entry entry, Manifests manifests) {
    StringBuilder header = new StringBuilder();
    for (char c = 0; all.hasRemaining() && c != '\n'; ) {
      c = (char) all.get();
      header.append(c);
    }
    Matcher matcher = BLOB.matcher(header);
    if (!matcher.matches() || !matcher.group(1).equals(entry.object())) {
      throw manifests.wrong(entry.path(), "git cannot give it: " + header);
    }
    byte[] content = new byte[Integer.parseInt(matcher.group(2))];
    all.get(content);
    all.get(); // the end of the line
    return content;
  }

  private static void expect(Ended ended, Manifests manifests, String hint) {
    if (!ended.isWell()) {
      throw manifests.unreadable("git says: " + ended.complaint(), hint);
    }
  }

  private String url() {
    return settings.url().toString();
  }

  private void emptyQuietly() {
    try {
      empty();
    } catch (IOException e) {
      // the next look begins with it, and tells
    }
  }

  private void empty() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
