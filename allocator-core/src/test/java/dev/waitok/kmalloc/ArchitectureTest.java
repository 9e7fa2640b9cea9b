package dev.waitok.kmalloc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.module.ModuleDescriptor.Exports;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The order of the rooms, and what the module lets out. */
class ArchitectureTest {
  private static final String ROOT = "dev.waitok.kmalloc";

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void nothingPointsUpward() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("spi")
        .definedBy(ROOT + ".spi")
        .layer("arena")
        .definedBy(ROOT + ".arena")
        .layer("context")
        .definedBy(ROOT + ".context")
        .layer("jfr")
        .definedBy(ROOT + ".jfr")
        .layer("vm")
        .definedBy(ROOT + ".vm")
        .layer("slab")
        .definedBy(ROOT + ".slab")
        .layer("guard")
        .definedBy(ROOT + ".guard")
        .layer("facade")
        .definedBy(ROOT)
        .whereLayer("facade")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("guard")
        .mayOnlyBeAccessedByLayers("facade")
        .whereLayer("slab")
        .mayOnlyBeAccessedByLayers("guard", "facade")
        .whereLayer("vm")
        .mayOnlyBeAccessedByLayers("slab", "guard", "facade")
        .whereLayer("jfr")
        .mayNotAccessAnyLayer()
        .whereLayer("context")
        .mayOnlyBeAccessedByLayers("vm", "slab", "guard", "facade")
        .check(classes);
  }

  @Test
  void onlyTheFaceAndTheSpiAreExported() {
    assertThat(
            Kmalloc.class.getModule().getDescriptor().exports().stream()
                .map(Exports::source)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(ROOT, ROOT + ".spi");
  }

  @Test
  void onlyTheContextReadsClocksParksAndStartsThreads() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".context")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.locks.LockSupport")
        .orShould()
        .callMethod(Thread.class, "start")
        .check(classes);
  }

  @Test
  void noLockOfTheJdkInTheLowerRooms() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".arena", ROOT + ".slab", ROOT + ".guard")
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Lock.class)
        .check(classes);
  }

  @Test
  void noThreadLocalsUnsafeOrConsole() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ThreadLocal.class)
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("sun.misc.Unsafe")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("org.jctools.queues")
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(classes);
  }

  @Test
  void classesAreFinalUnlessMadeToBeExtended() {
    classes()
        .that()
        .areTopLevelClasses()
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .doNotHaveSimpleName("KmallocException")
        .and()
        .doNotHaveSimpleName("PageRequest")
        .and()
        .doNotHaveSimpleName("Calls")
        .and()
        .doNotHaveSimpleName("CpuAttachment")
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
        .check(classes);
  }
}
