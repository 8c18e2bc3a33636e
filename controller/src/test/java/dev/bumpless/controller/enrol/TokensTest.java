package dev.bumpless.controller.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bumpless.trust.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  @TempDir private Path folder;
  private Tokens tokens;

  @BeforeEach
  void init() throws IOException {
    Init.run(folder, List.of(), List.of(), Instant.now());
    tokens = new Tokens(folder);
  }

  @Test
  void eachIsItsOwnersUntilItIsDeleted() throws IOException {
    String ann = tokens.create("ann");
    String ci = tokens.create("ci-2");

    assertThat(tokens.names()).containsExactly("ann", "ci-2");
    assertThat(tokens.whose(ann)).contains("ann");
    assertThat(tokens.whose(ci)).contains("ci-2");
    assertThat(tokens.delete("ann")).isTrue();
    assertThat(tokens.whose(ann)).isEmpty();
    assertThat(tokens.whose(ci)).contains("ci-2");
    assertThat(tokens.delete("ann")).isFalse();
    assertThat(tokens.whose(tokens.create("ann"))).contains("ann");
    assertThat(tokens.whose(ann)).isEmpty();
  }

  @Test
  void itCannotBeMadeFromWhatIsKept() throws IOException {
    String token = tokens.create("ann");
    Path file = file("ann");

    assertThat(Files.readString(file)).matches("[0-9a-f]{64}\n").doesNotContain(token);
    assertThat(tokens.whose("ann." + Files.readString(file).strip())).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatRootMakesIsWhoseTheFirstOneIs() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
    UserPrincipal nobody =
        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
    Files.setOwner(folder.resolve("controller/token"), nobody);

    tokens.create("ann");

    assertThat(Files.getOwner(file("ann"))).isEqualTo(nobody);
    assertThat(Files.getOwner(folder.resolve("controller/tokens"))).isEqualTo(nobody);
  }

  @Test
  void nobodyIsCalledAsAnotherActorOrAPath() throws IOException {
    for (String wrong :
        List.of(
            "token",
            "nobody",
            "controller",
            "webhook",
            "source",
            "source a",
            "",
            "Ann",
            "../token",
            "a/b",
            "a.b",
            "-a",
            "a".repeat(64))) {
      assertThatThrownBy(() -> tokens.create(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> tokens.delete(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(tokens.names()).isEmpty();
    String ann = tokens.create("ann");
    for (String taken : List.of("controller", "a.b")) {
      String digest = Sha256.hex((taken + ".secret").getBytes(StandardCharsets.UTF_8));
      Files.writeString(file(taken), digest);
    }
    for (String wrong :
        List.of(
            "", ".", "ann", "ann.", ann + "x", "controller.secret", "a.b.secret", "../token.x")) {
      assertThat(tokens.whose(wrong)).as(wrong).isEmpty();
    }
  }

  @Test
  void aFileThatIsNoneIsIgnoredAndTheOthersGoOn() throws IOException {
    String ann = tokens.create("ann");
    String bob = tokens.create("bob");
    String digest = Files.readString(file("ann"));
    for (String wrong : List.of("", "nonsense", digest + digest, digest.substring(1))) {
      Files.writeString(file("ann"), wrong);
      assertThat(tokens.whose(ann)).as(wrong).isEmpty();
    }
    Files.delete(file("ann"));
    Files.createDirectory(file("ann"));

    assertThat(tokens.whose(ann)).isEmpty();
    assertThat(tokens.whose(bob)).contains("bob");
    assertThat(tokens.names()).containsExactly("ann", "bob");
    assertThat(tokens.delete("ann")).isTrue();
    Files.writeString(file("ann"), digest);
    assertThat(tokens.whose(ann)).contains("ann");
  }

  @Test
  void oneOfANameAndSoManyAtMost() throws IOException {
    for (int i = 0; i < Tokens.MOST; i++) {
      tokens.create("t-" + i);
    }

    assertThatThrownBy(() -> tokens.create("t-0")).hasMessageContaining("already");
    assertThatThrownBy(() -> tokens.create("one-more")).hasMessageContaining("64");
  }

  @Test
  void areMadeWhereInitWas() {
    Tokens elsewhere = new Tokens(folder.resolve("elsewhere"));

    assertThatThrownBy(() -> elsewhere.create("ann")).isInstanceOf(NoSuchFileException.class);
  }

  private Path file(String name) {
    return folder.resolve("controller/tokens").resolve(name);
  }
}
