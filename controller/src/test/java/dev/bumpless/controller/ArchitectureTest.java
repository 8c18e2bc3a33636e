package dev.bumpless.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/** The walls of docs/architecture.md. */
@AnalyzeClasses(
    packages = "dev.bumpless.controller",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] HEART = {
    "dev.bumpless.controller.fleet..",
    "dev.bumpless.controller.release..",
    "dev.bumpless.controller.rollout..",
    "dev.bumpless.controller.source..",
    "dev.bumpless.controller.audit..",
    "dev.bumpless.controller.lease..",
    "dev.bumpless.controller.time..",
    "dev.bumpless.controller.problem.."
  };

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.bumpless.controller.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_HEART_IMPORTS_NO_LIBRARY_NO_NETWORK_AND_NO_FILES =
      noClasses()
          .that()
          .resideInAnyPackage(HEART)
          .should()
          .dependOnClassesThat(
              DescribedPredicate.not(
                  JavaClass.Predicates.resideInAnyPackage(
                      "java.lang..",
                      "java.nio.charset..",
                      "java.util..",
                      "java.time..",
                      "org.jspecify..",
                      "dev.bumpless.manifest..",
                      "dev.bumpless.protocol..",
                      "dev.bumpless.trust..",
                      "dev.bumpless.controller.fleet..",
                      "dev.bumpless.controller.release..",
                      "dev.bumpless.controller.rollout..",
                      "dev.bumpless.controller.source..",
                      "dev.bumpless.controller.audit..",
                      "dev.bumpless.controller.lease..",
                      "dev.bumpless.controller.time..",
                      "dev.bumpless.controller.time..",
                      "dev.bumpless.controller.problem..")));

  @ArchTest
  static final ArchRule THE_HEART_READS_NO_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage(HEART)
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Clock.class, InstantSource.class);

  @ArchTest
  static final ArchRule ADAPTERS_DO_NOT_KNOW_EACH_OTHER =
      slices()
          .matching("dev.bumpless.controller.(api|link|store|broker|enrol|registry|repository)")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule HIVEMQ_IS_THE_BROKERS =
      onlyIn("com.hivemq..", "dev.bumpless.controller.broker..");

  @ArchTest
  static final ArchRule JAVALIN_IS_THE_APIS =
      onlyIn("io.javalin..", "dev.bumpless.controller.api..");

  @ArchTest
  static final ArchRule SQL_IS_THE_STORES =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.bumpless.controller.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.jdbi..",
              "org.sqlite..",
              "org.postgresql..",
              "org.flywaydb..",
              "com.zaxxer..",
              "java.sql..");

  @ArchTest
  static final ArchRule BOUNCY_CASTLE_IS_ENROLS =
      onlyIn("org.bouncycastle..", "dev.bumpless.controller.enrol..");

  @ArchTest
  static final ArchRule JSON_OF_OTHERS_IS_READ_AT_THE_EDGES =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.bumpless.controller.api..", "dev.bumpless.controller.registry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml.jackson..");

  private static ArchRule onlyIn(String library, String home) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }
}
