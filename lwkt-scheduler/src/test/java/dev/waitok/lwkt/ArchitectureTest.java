package dev.waitok.lwkt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rooms of this module and the rules between them. */
class ArchitectureTest {
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.waitok.lwkt");
    assertThat(classes).hasSizeGreaterThan(40);
  }

  @Test
  void nothingPointsUpward() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("sim")
        .definedBy("dev.waitok.lwkt.sim")
        .layer("facade")
        .definedBy("dev.waitok.lwkt")
        .layer("io")
        .definedBy("dev.waitok.lwkt.io")
        .layer("sync")
        .definedBy("dev.waitok.lwkt.sync")
        .layer("sched")
        .definedBy("dev.waitok.lwkt.sched")
        .layer("dispatch")
        .definedBy("dev.waitok.lwkt.dispatch")
        .layer("world")
        .definedBy("dev.waitok.lwkt.world")
        .whereLayer("sim")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("facade")
        .mayOnlyBeAccessedByLayers("sim")
        .whereLayer("io")
        .mayOnlyBeAccessedByLayers("facade")
        .whereLayer("sync")
        .mayOnlyBeAccessedByLayers("facade", "io")
        .whereLayer("sched")
        .mayOnlyBeAccessedByLayers("facade", "sync")
        .whereLayer("dispatch")
        .mayOnlyBeAccessedByLayers("facade", "sched", "sync")
        .whereLayer("world")
        .mayOnlyBeAccessedByLayers("sim", "facade", "dispatch")
        .check(classes);
  }

  @Test
  void theSchedulerDoesNotKnowHowControlIsHandedOver() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.waitok.lwkt.dispatch")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("dev\\.waitok\\.lwkt\\.dispatch\\.(Direct|Portable|Carrier).*")
        .check(classes);
  }

  @Test
  void onlyOneClassKnowsTheAllocatorsContext() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Lwkt")
        .and()
        .resideOutsideOfPackage("dev.waitok.lwkt.sim")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.waitok.kmalloc..")
        .check(classes);
  }

  @Test
  void onlyTheFaceIsExported() {
    ModuleDescriptor module = Lwkt.class.getModule().getDescriptor();
    assertThat(module.exports().stream().map(ModuleDescriptor.Exports::source).toList())
        .containsExactlyInAnyOrder("dev.waitok.lwkt", "dev.waitok.lwkt.sim");
    assertThat(
            module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "java.base",
            "java.management",
            "jdk.jfr",
            "jdk.management",
            "dev.waitok.kmalloc",
            "org.jctools.core",
            "org.jspecify",
            "org.slf4j");
  }

  @Test
  void neitherUnsafeNorItsQueuesNorThreadLocalsNorTheConsoleAreUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("sun\\.misc\\.Unsafe|jdk\\.internal\\..*")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("org.jctools.queues", "org.jctools.util", "org.jctools.maps")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ThreadLocal.class)
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(classes);
  }

  @Test
  void theRoomsUnderTheFaceNeverLog() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.waitok.lwkt.world",
            "dev.waitok.lwkt.dispatch",
            "dev.waitok.lwkt.sched",
            "dev.waitok.lwkt.sync",
            "dev.waitok.lwkt.io")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.slf4j..")
        .check(classes);
  }

  @Test
  void theSchedulerTakesNoJavaLock() {
    noClasses()
        .that()
        .resideInAPackage("dev.waitok.lwkt.sched")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent.locks")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("CountDownLatch")
        .check(classes);
    classes()
        .that()
        .resideInAPackage("dev.waitok.lwkt.sched")
        .should()
        .onlyHaveDependentClassesThat()
        .resideInAPackage("dev.waitok.lwkt..")
        .check(classes);
  }
}
