package dev.waitok.lwkt;

import dev.waitok.lwkt.sim.Exploration;
import dev.waitok.lwkt.sim.Simulation;
import dev.waitok.lwkt.sim.Strategy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Runs each test, with what is before and after it, inside simulations of several seeds. */
final class InSimulation implements InvocationInterceptor, ExecutionCondition {
  private static final int SEEDS = 5;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return context.getElement().filter(e -> e.isAnnotationPresent(RealThreads.class)).isPresent()
        ? ConditionEvaluationResult.disabled("it needs real threads")
        : ConditionEvaluationResult.enabled("its threads can be simulated");
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension) {
    invocation.skip();
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension) {
    invocation.skip();
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> context,
      ExtensionContext extension) {
    invocation.skip();
    Object test = context.getTarget().orElseThrow();
    Exploration _ =
        Simulation.of(Strategy.random(SEEDS, 1))
            .stuckAfter(Duration.ofSeconds(5))
            .run(
                run -> {
                  invokeAll(BeforeEach.class, test);
                  try {
                    invoke(context.getExecutable(), test);
                  } finally {
                    invokeAll(AfterEach.class, test);
                  }
                });
  }

  private static void invokeAll(Class<? extends java.lang.annotation.Annotation> kind, Object test)
      throws Exception {
    List<Method> methods =
        AnnotationSupport.findAnnotatedMethods(
            test.getClass(), kind, HierarchyTraversalMode.TOP_DOWN);
    for (Method method : methods) {
      invoke(method, test);
    }
  }

  private static void invoke(Method method, Object test) throws Exception {
    method.setAccessible(true);
    try {
      method.invoke(test);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception x -> throw x;
        case Error x -> throw x;
        default -> throw e;
      }
    }
  }
}
