package dev.waitok.kmalloc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which types are hardened, and how: by name, and for all others. */
final class HardeningPlan {
  /** The system property: see {@link KmallocBuilder#hardened(Hardening)}. */
  static final String PROPERTY = "dev.waitok.hardened";

  private static final String ALL = "all";

  private final Map<String, Hardening> byName = new HashMap<>();
  private @Nullable Hardening others;

  void all(Hardening hardening) {
    others = hardening;
  }

  void type(String name, Hardening hardening) {
    byName.put(name, hardening);
  }

  boolean isEmpty() {
    return others == null && byName.isEmpty();
  }

  @Nullable Hardening of(String type) {
    Hardening named = byName.get(type);
    return named == null ? others : named;
  }

  /** A copy with what a property's value says, which goes before what was set. */
  HardeningPlan with(@Nullable String value) {
    HardeningPlan plan = new HardeningPlan();
    plan.others = others;
    plan.byName.putAll(byName);
    if (value != null && !value.isBlank()) {
      if (value.equals("off")) {
        return new HardeningPlan();
      }
      for (String entry : value.split(",", -1)) {
        plan.read(entry.strip(), value);
      }
    }
    return plan;
  }

  private void read(String entry, String whole) {
    String[] parts = entry.split(":", -1);
    Hardening hardening = Hardening.FULL;
    for (int i = 1; i < parts.length; i++) {
      hardening = option(hardening, parts[i], whole);
    }
    if (parts[0].isEmpty()) {
      throw refused(entry, whole);
    }
    if (parts[0].equals(ALL)) {
      others = hardening;
    } else {
      byName.put(parts[0], hardening);
    }
  }

  private static Hardening option(Hardening before, String option, String whole) {
    String[] parts = option.split("=", -1);
    try {
      if (parts.length == 1 && option.equals("zero")) {
        return before.withZeroing();
      }
      if (parts.length == 2 && parts[0].equals("sample")) {
        return new Hardening(Integer.parseInt(parts[1]), before.zeroing(), before.failingOneIn());
      }
      if (parts.length == 2 && parts[0].equals("fail")) {
        return before.withFailures(Integer.parseInt(parts[1]));
      }
    } catch (IllegalArgumentException e) {
      throw refused(option, whole);
    }
    throw refused(option, whole);
  }

  private static IllegalArgumentException refused(String part, String whole) {
    return new IllegalArgumentException(
        "-D"
            + PROPERTY
            + "="
            + whole
            + ": '"
            + part
            + "' is refused; accepted are off, or types by name, or all, with commas between and"
            + " each with any of :sample=N, :zero, :fail=N behind it");
  }
}
