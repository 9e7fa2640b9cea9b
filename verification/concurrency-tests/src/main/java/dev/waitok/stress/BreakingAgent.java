package dev.waitok.stress;

import dev.waitok.stress.Break.How;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.constant.ClassDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * In every JVM that runs a test: once a class is loaded that carries a {@link Break}, the class
 * that it names is broken when it is loaded in turn. Where nothing does, nothing is changed.
 */
public final class BreakingAgent implements ClassFileTransformer {
  private static final String BREAK = Break.class.getName();
  private static final String BREAKS = Breaks.class.getName();

  /** What is to be broken from now on, by class. */
  private record Pending(String className, String method, String call, int place, How how) {}

  private final List<Pending> pending = new CopyOnWriteArrayList<>();

  private BreakingAgent() {}

  /** Called by the JVM before its main class. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    instrumentation.addTransformer(new BreakingAgent());
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable Module module,
      @Nullable ClassLoader loader,
      @Nullable String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] classFile) {
    if (name == null || !name.startsWith("dev/waitok/") || name.startsWith("dev/waitok/stress/")) {
      return null;
    }
    try {
      byte[] broken = null;
      for (Pending breaks : pending) {
        if (breaks.className.equals(name)) {
          broken =
              new Breaker(breaks.method, breaks.call, breaks.place, breaks.how)
                  .rewrite(broken == null ? classFile : broken);
        }
      }
      if (broken == null) {
        List<Pending> breaks = breaksOf(ClassFile.of().parse(classFile));
        if (!breaks.isEmpty()) {
          System.setProperty(Patience.BROKEN, "true");
          pending.addAll(breaks);
        }
      }
      return broken;
    } catch (Throwable e) {
      // The JVM would go on with the class as it was, and the twin with a test of nothing.
      System.err.println("cannot break " + name + ": " + e);
      Runtime.getRuntime().halt(3);
      return null;
    }
  }

  private static List<Pending> breaksOf(ClassModel twin) {
    List<Pending> all = new ArrayList<>();
    twin.findAttribute(Attributes.runtimeVisibleAnnotations())
        .ifPresent(found -> found.annotations().forEach(a -> collect(a, all)));
    return all;
  }

  private static void collect(Annotation annotation, List<Pending> all) {
    String type = nameOf(annotation.classSymbol());
    if (type.equals(BREAK)) {
      all.add(
          new Pending(
              brokenClass(annotation),
              text(annotation, "method", ""),
              text(annotation, "call", ""),
              find(annotation, "place") instanceof AnnotationValue.OfInt place
                  ? place.intValue()
                  : 1,
              How.valueOf(
                  ((AnnotationValue.OfEnum) value(annotation, "now"))
                      .constantName()
                      .stringValue())));
    } else if (type.equals(BREAKS)) {
      for (AnnotationValue each : ((AnnotationValue.OfArray) value(annotation, "value")).values()) {
        collect(((AnnotationValue.OfAnnotation) each).annotation(), all);
      }
    }
  }

  private static String brokenClass(Annotation annotation) {
    String outer = nameOf(((AnnotationValue.OfClass) value(annotation, "in")).classSymbol());
    String nested = text(annotation, "nested", "");
    return (nested.isEmpty() ? outer : outer + "$" + nested).replace('.', '/');
  }

  private static String text(Annotation annotation, String name, String otherwise) {
    return find(annotation, name) instanceof AnnotationValue.OfString text
        ? text.stringValue()
        : otherwise;
  }

  private static AnnotationValue value(Annotation annotation, String name) {
    AnnotationValue value = find(annotation, name);
    if (value == null) {
      throw new IllegalStateException("no " + name + " in " + annotation);
    }
    return value;
  }

  private static @Nullable AnnotationValue find(Annotation annotation, String name) {
    for (AnnotationElement element : annotation.elements()) {
      if (element.name().equalsString(name)) {
        return element.value();
      }
    }
    return null;
  }

  private static String nameOf(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
  }
}
