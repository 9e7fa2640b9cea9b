package dev.waitok.examples;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.waitok.examples");

  @Test
  void programsDependDownwardOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("tools")
        .definedBy("dev.waitok.examples.trace", "dev.waitok.examples.report")
        .layer("patterns")
        .definedBy("dev.waitok.examples.memory")
        .layer("cli")
        .definedBy("dev.waitok.examples.cli")
        .layer("replay")
        .definedBy("dev.waitok.examples.replay")
        .layer("storm")
        .definedBy("dev.waitok.examples.storm")
        .layer("decisions")
        .definedBy("dev.waitok.examples.decisions")
        .layer("pressure")
        .definedBy("dev.waitok.examples.pressure")
        .layer("memcached")
        .definedBy("dev.waitok.examples.memcached")
        .layer("timeline")
        .definedBy("dev.waitok.examples.timeline")
        .layer("soak")
        .definedBy("dev.waitok.examples.soak")
        .layer("launcher")
        .definedBy("dev.waitok.examples")
        .whereLayer("launcher")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("storm")
        .mayOnlyBeAccessedByLayers("launcher")
        .whereLayer("decisions")
        .mayOnlyBeAccessedByLayers("launcher")
        .whereLayer("pressure")
        .mayOnlyBeAccessedByLayers("launcher")
        .whereLayer("memcached")
        .mayOnlyBeAccessedByLayers("launcher")
        .whereLayer("timeline")
        .mayOnlyBeAccessedByLayers("launcher")
        .whereLayer("soak")
        .mayOnlyBeAccessedByLayers("launcher")
        .whereLayer("replay")
        .mayOnlyBeAccessedByLayers("launcher", "storm")
        .whereLayer("cli")
        .mayOnlyBeAccessedByLayers(
            "launcher", "storm", "decisions", "pressure", "replay", "soak", "memcached", "timeline")
        .check(classes);
  }
}
