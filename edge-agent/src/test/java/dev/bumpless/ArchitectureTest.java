package dev.bumpless;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The walls between the packages of a device. */
@AnalyzeClasses(packages = "dev.bumpless", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] ADAPTERS = {
    "docker", "health", "state", "route", "store", "link", "lease"
  };

  @ArchTest
  static final ArchRule THE_HEART_IMPORTS_NOTHING_FOREIGN =
      classes()
          .that()
          .resideInAPackage("dev.bumpless.agent.swap")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "dev.bumpless.agent.swap",
                  "dev.bumpless.manifest",
                  "dev.bumpless.protocol",
                  "org.jspecify.annotations",
                  "java.."))
          .andShould()
          .onlyDependOnClassesThat(
              not(resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..")));

  @ArchTest
  static final ArchRule THE_HEART_HAS_NO_CLOCK_OF_ITS_OWN =
      noClasses()
          .that()
          .resideInAPackage("dev.bumpless.agent.swap")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class);

  @ArchTest
  static final ArchRule ADAPTERS_NEVER_KNOW_EACH_OTHER =
      slices()
          .matching("dev.bumpless.agent.(docker|health|state|route|store|link|lease)..")
          .should()
          .notDependOnEachOther()
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule NOBODY_BUT_THE_WIRING_KNOWS_AN_ADAPTER =
      noClasses()
          .that()
          .resideOutsideOfPackages(agent(ADAPTERS))
          .and()
          .resideOutsideOfPackage("dev.bumpless.agent")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(agent(ADAPTERS));

  @ArchTest
  static final ArchRule THE_ROUTER_IS_ALONE =
      classes()
          .that()
          .resideInAPackage("dev.bumpless.router..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "dev.bumpless.router..", "io.netty..", "org.jspecify.annotations", "java.."))
          .allowEmptyShould(true);

  /** It runs where none of the other classes' libraries are. */
  @ArchTest
  static final ArchRule THE_MIRROR_NEEDS_JAVA_ALONE =
      classes()
          .that()
          .resideInAPackage("dev.bumpless.mirror..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("dev.bumpless.mirror..", "org.jspecify.annotations", "java.."));

  @ArchTest
  static final ArchRule THE_AGENT_REACHES_THE_ROUTER_BY_ITS_SOCKET_ALONE =
      noClasses()
          .that()
          .resideInAPackage("dev.bumpless.agent..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.bumpless.router..").or(resideInAPackage("io.netty..")));

  @ArchTest
  static final ArchRule DOCKER_IS_IN_ONE_PACKAGE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.bumpless.agent.docker..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.github.dockerjava..");

  @ArchTest
  static final ArchRule NO_CYCLES_IN_THE_AGENT =
      slices().matching("dev.bumpless.agent.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NO_CYCLES_IN_THE_ROUTER =
      slices()
          .matching("dev.bumpless.router.(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true);

  private static String[] agent(String... adapters) {
    String[] packages = new String[adapters.length];
    for (int i = 0; i < adapters.length; i++) {
      packages[i] = "dev.bumpless.agent." + adapters[i] + "..";
    }
    return packages;
  }
}
