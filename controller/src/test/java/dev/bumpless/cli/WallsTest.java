package dev.bumpless.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.enrol.Tokens;
import dev.bumpless.protocol.DeviceId;

/**
 * The command line speaks REST; {@code init} and {@code token} alone reach into the controller (ADR
 * 005), and {@code audit verify} knows what a chain of records is (ADR 020).
 */
@AnalyzeClasses(packages = "dev.bumpless", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
  @ArchTest
  static final ArchRule onlyInitTokensAndTheAuditReachIntoTheProject =
      noClasses()
          .that(resideInAPackage("dev.bumpless.cli"))
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.bumpless..")
                  .and(
                      not(
                          resideInAPackage("dev.bumpless.cli")
                              .or(type(Init.class))
                              .or(type(Tokens.class))
                              .or(resideInAPackage("dev.bumpless.controller.audit"))
                              .or(type(DeviceId.class)))));
}
