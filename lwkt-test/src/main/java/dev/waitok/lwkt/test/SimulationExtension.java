package dev.waitok.lwkt.test;

import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Run;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.SimulationFailure;
import dev.waitok.lwkt.sim.Strategy;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.opentest4j.TestAbortedException;

/** What {@link LwktSimulation} does: runs a test method and what is around it in a simulation. */
public final class SimulationExtension implements InvocationInterceptor, ParameterResolver {
  /** By JUnit. */
  public SimulationExtension() {}

  @Override
  public void interceptBeforeEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension)
      throws Throwable {
    skipIfOurs(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension)
      throws Throwable {
    skipIfOurs(invocation, context);
  }

  /** What has parameters is somebody else's, and done once, outside. */
  private static void skipIfOurs(
      Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> context)
      throws Throwable {
    if (context.getExecutable().getParameterCount() == 0) {
      invocation.skip();
    } else {
      invocation.proceed();
    }
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension)
      throws Throwable {
    invocation.skip();
    Method method = context.getExecutable();
    LwktSimulation settings = method.getAnnotation(LwktSimulation.class);
    Object test = context.getTarget().orElseThrow();
    boolean wantsRun = method.getParameterCount() == 1;
    try {
      Exploration done =
          Simulation.of(strategy(settings))
              .livelockAfter(settings.livelockAfter())
              .run(run -> runOnce(method, test, wantsRun ? new Object[] {run} : new Object[0]));
      extension.publishReportEntry(
          Map.of(
              "runs", Integer.toString(done.runs()),
              "steps", Long.toString(done.steps()),
              "states", Long.toString(done.states())));
    } catch (SimulationFailure e) {
      if (e.getCause() instanceof TestAbortedException aborted) {
        throw aborted;
      }
      throw e;
    }
  }

  private static Strategy strategy(LwktSimulation settings) {
    if (!settings.replay().isEmpty()) {
      return Strategy.replay(settings.replay());
    }
    int depth = settings.depth();
    return switch (settings.strategy()) {
      case RANDOM -> Strategy.random(settings.seeds(), settings.firstSeed());
      case PCT -> Strategy.pct(settings.seeds(), depth == 0 ? 3 : depth, settings.firstSeed());
      case EXHAUSTIVE -> Strategy.exhaustive(depth == 0 ? 100 : depth, settings.deviations());
    };
  }

  private static void runOnce(Method method, Object test, Object[] arguments) throws Exception {
    invokeAll(BeforeEach.class, test, HierarchyTraversalMode.TOP_DOWN);
    try {
      invoke(method, test, arguments);
    } finally {
      invokeAll(AfterEach.class, test, HierarchyTraversalMode.BOTTOM_UP);
    }
  }

  private static void invokeAll(
      Class<? extends Annotation> kind, Object test, HierarchyTraversalMode order)
      throws Exception {
    for (Method method : AnnotationSupport.findAnnotatedMethods(test.getClass(), kind, order)) {
      if (method.getParameterCount() == 0) {
        invoke(method, test);
      }
    }
  }

  private static void invoke(Method method, Object test, Object... arguments) throws Exception {
    method.setAccessible(true);
    try {
      method.invoke(test, arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception x -> throw x;
        case Error x -> throw x;
        case null, default -> throw e;
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
    return parameter.getParameter().getType() == Run.class;
  }

  /** Resolved only to satisfy JUnit: the method is called with each run's own. */
  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext extension) {
    return null;
  }
}
