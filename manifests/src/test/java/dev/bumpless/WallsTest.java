package dev.bumpless;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the packages of this module: one library, one package, and no circles. */
@AnalyzeClasses(packages = "dev.bumpless", importOptions = DoNotIncludeTests.class)
class WallsTest {
  @ArchTest static final ArchRule YAML = only("org.yaml..", "dev.bumpless.manifest.yaml..");
  @ArchTest static final ArchRule JSON = only("com.fasterxml..", "dev.bumpless.protocol..");
  @ArchTest static final ArchRule MQTT = only("org.eclipse.paho..", "dev.bumpless.transport..");

  @ArchTest
  static final ArchRule NO_CIRCLES =
      slices().matching("dev.bumpless.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule MANIFESTS_KNOW_NOBODY =
      classes()
          .that()
          .resideInAPackage("dev.bumpless.manifest..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.bumpless.manifest..", "java..", "org.yaml..", "org.jspecify..");

  @ArchTest
  static final ArchRule SHAPES_KNOW_NO_APPS =
      noClasses()
          .that()
          .resideInAnyPackage("dev.bumpless.manifest.shape..", "dev.bumpless.manifest.yaml..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.bumpless.manifest");

  private static ArchRule only(String library, String owner) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(owner)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .as(library + " is used in " + owner + " alone");
  }
}
