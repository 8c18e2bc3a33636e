package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostJavaTest {
  @Test
  void the_program_and_what_its_links_lead_to_are_among_what_is_mounted() throws IOException {
    HostJava java = HostJava.of(HostJavaTest.class);

    assertThat(java.program()).isExecutable();
    Path jvm = java.program().resolveSibling("../lib/jvm.cfg").toRealPath();
    assertThat(java.folders().keySet())
        .anyMatch(java.program()::startsWith)
        .anyMatch(jvm::startsWith);
  }

  @Test
  void nothing_is_mounted_twice_and_nothing_can_be_written() throws IOException {
    HostJava java = HostJava.of(HostJavaTest.class);

    assertThat(java.folders().keySet()).allMatch(Files::exists);
    assertThat(java.folders().values()).doesNotHaveDuplicates();
    assertThat(java.mounts()).allMatch(Mount::getReadOnly);
  }
}
