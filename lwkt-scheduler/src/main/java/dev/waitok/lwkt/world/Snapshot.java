package dev.waitok.lwkt.world;

import java.util.List;
import java.util.function.Supplier;

/** What everybody in a world does at one moment, in words: who waits for what, and where. */
final class Snapshot {
  /** Deep enough to see who called the library. */
  private static final int FRAMES = 24;

  private final String text;

  Snapshot(World world, List<Supplier<String>> describers) {
    StringBuilder lines = new StringBuilder();
    lines.append("at step ").append(world.steps()).append(":\n");
    for (Actor actor : world.actors()) {
      if (actor.isOn()) {
        lines.append("  ").append(actor.name());
        String what = actor.waitsFor();
        lines.append(what == null ? " can run" : " waits for " + what);
        if (what != null && actor.deadline != World.NEVER) {
          lines.append(", at most ").append((actor.deadline - world.now()) / 1000).append(" us");
        }
        lines.append('\n');
      }
    }
    for (Supplier<String> describer : describers) {
      lines.append(describer.get());
    }
    for (Runner runner : world.runners()) {
      stack(lines, runner);
    }
    lines.append("the last steps:\n");
    for (Trace.Step step : world.trace().last()) {
      lines.append("  ").append(step).append('\n');
    }
    text = lines.toString();
  }

  private static void stack(StringBuilder lines, Runner runner) {
    StackTraceElement[] frames = runner.thread().getStackTrace();
    if (frames.length == 0) {
      return;
    }
    lines.append("  thread ").append(runner.thread().getName()).append(":\n");
    int shown = 0;
    for (StackTraceElement frame : frames) {
      boolean machinery =
          frame.getClassName().startsWith("dev.waitok.lwkt.world.")
              || frame.getClassName().startsWith("java.")
              || frame.getClassName().startsWith("jdk.");
      if (!machinery && shown++ < FRAMES) {
        lines.append("      at ").append(frame).append('\n');
      }
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
