package dev.waitok.audit;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.DirectMethodHandleDesc;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the classes of jars and folders: results of calls without wait that are used where they
 * may be null, or not at all; and calls that may wait inside hard sections, also by way of other
 * methods of the same classes. What it cannot see through it does not report: a result that is
 * stored in a field or given to other code, and functions but those that {@code Cpu.send} is given.
 */
public final class Checker {
  /** A method by owner, name and type. */
  private record Method(String owner, String name, String type) {
    @Override
    public String toString() {
      return owner.replace('/', '.') + "." + name;
    }
  }

  private final Map<Method, MethodFlow> flows = new LinkedHashMap<>();
  private final Map<String, @Nullable String> superOf = new HashMap<>();
  private final Map<String, Set<String>> subtypes = new HashMap<>();

  /** For each method that may come to wait: what it calls on the way there, null if it waits. */
  private final Map<Method, @Nullable Method> wayToWait = new HashMap<>();

  private Checker() {}

  /**
   * Checks classes.
   *
   * @param paths jars, folders and class files; calls are followed from one to the other
   * @return what was found, by class, method and line
   * @throws IOException if a path cannot be read
   */
  public static List<Finding> check(Collection<Path> paths) throws IOException {
    Checker checker = new Checker();
    for (Path path : paths) {
      for (ClassModel model : ClassFiles.read(path)) {
        checker.add(model);
      }
    }
    return checker.findings();
  }

  private void add(ClassModel model) {
    String owner = model.thisClass().asInternalName();
    superOf.put(owner, model.superclass().map(c -> c.asInternalName()).orElse(null));
    model.superclass().ifPresent(s -> addSubtype(s.asInternalName(), owner));
    model.interfaces().forEach(i -> addSubtype(i.asInternalName(), owner));
    for (MethodModel method : model.methods()) {
      Method key =
          new Method(owner, method.methodName().stringValue(), method.methodType().stringValue());
      method.code().ifPresent(code -> flows.put(key, new MethodFlow(code)));
    }
  }

  private void addSubtype(String of, String subtype) {
    subtypes.computeIfAbsent(of, o -> new HashSet<>()).add(subtype);
  }

  private List<Finding> findings() {
    findWaysToWait();
    List<Finding> all = new ArrayList<>();
    flows.forEach(
        (method, flow) -> {
          String name = method.toString();
          flow.misuses()
              .forEach(
                  m ->
                      all.add(
                          new Finding(
                              Finding.Kind.DEREFERENCED,
                              name,
                              m.line(),
                              flow.nameOf(m.site())
                                  + " of line "
                                  + flow.lineOf(m.site())
                                  + " may have given null, and goes into "
                                  + m.use())));
          flow.ignored()
              .forEach(
                  (line, call) ->
                      all.add(
                          new Finding(
                              Finding.Kind.IGNORED,
                              name,
                              line,
                              "nobody uses what " + call + " gave")));
          hardCalls(method, flow, 1, all);
        });
    for (Method function : hardFunctions()) {
      MethodFlow flow = flows.get(function);
      if (flow != null) {
        hardCalls(function, flow, 0, all);
      }
    }
    return all.stream()
        .distinct()
        .sorted(
            Comparator.comparing(Finding::method)
                .thenComparingInt(Finding::line)
                .thenComparing(Finding::kind))
        .toList();
  }

  private Set<Method> hardFunctions() {
    Set<Method> all = new HashSet<>();
    for (MethodFlow flow : flows.values()) {
      for (DirectMethodHandleDesc function : flow.hardFunctions()) {
        String owner = function.owner().descriptorString();
        all.add(
            new Method(
                owner.substring(1, owner.length() - 1),
                function.methodName(),
                function.lookupDescriptor()));
      }
    }
    return all;
  }

  private void hardCalls(Method method, MethodFlow flow, int fromDepth, List<Finding> all) {
    for (MethodFlow.Call call : flow.calls()) {
      if (call.hardDepth() < fromDepth) {
        continue;
      }
      if (Api.mayWait(call.owner(), call.name())) {
        all.add(
            new Finding(
                Finding.Kind.WAITS_IN_HARD_SECTION,
                method.toString(),
                call.line(),
                call.name() + " may wait"));
        continue;
      }
      for (Method callee : targets(call)) {
        if (wayToWait.containsKey(callee)) {
          all.add(
              new Finding(
                  Finding.Kind.WAITS_IN_HARD_SECTION,
                  method.toString(),
                  call.line(),
                  "may wait by way of " + way(callee)));
        }
      }
    }
  }

  private String way(Method first) {
    StringBuilder way = new StringBuilder();
    for (Method at = first; at != null; at = wayToWait.get(at)) {
      way.append(way.isEmpty() ? "" : ", ").append(at);
    }
    return way.toString();
  }

  /** From the methods that wait themselves backwards through their callers. */
  private void findWaysToWait() {
    Map<Method, List<Method>> callers = new HashMap<>();
    Deque<Method> found = new ArrayDeque<>();
    flows.forEach(
        (method, flow) -> {
          for (MethodFlow.Call call : flow.calls()) {
            if (Api.mayWait(call.owner(), call.name()) && !wayToWait.containsKey(method)) {
              wayToWait.put(method, null);
              found.add(method);
            }
            for (Method callee : targets(call)) {
              callers.computeIfAbsent(callee, c -> new ArrayList<>()).add(method);
            }
          }
        });
    while (!found.isEmpty()) {
      Method waits = found.remove();
      for (Method caller : callers.getOrDefault(waits, List.of())) {
        if (!wayToWait.containsKey(caller)) {
          wayToWait.put(caller, waits);
          found.add(caller);
        }
      }
    }
  }

  /** The methods of the classes that a call may run: inherited ones, and overriding ones. */
  private Set<Method> targets(MethodFlow.Call call) {
    Set<Method> all = new HashSet<>();
    for (String owner = call.owner(); owner != null; owner = superOf.get(owner)) {
      if (addIfKnown(owner, call, all)) {
        break;
      }
    }
    Deque<String> below = new ArrayDeque<>(subtypes.getOrDefault(call.owner(), Set.of()));
    while (!below.isEmpty()) {
      String owner = below.remove();
      addIfKnown(owner, call, all);
      below.addAll(subtypes.getOrDefault(owner, Set.of()));
    }
    return all;
  }

  private boolean addIfKnown(String owner, MethodFlow.Call call, Set<Method> all) {
    Method method = new Method(owner, call.name(), call.type());
    return flows.containsKey(method) && all.add(method);
  }
}
