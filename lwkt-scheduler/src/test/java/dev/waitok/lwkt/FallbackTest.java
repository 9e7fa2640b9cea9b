package dev.waitok.lwkt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A JVM that opens nothing to us. */
class FallbackTest {
  /** Prints what AUTO chose and what DIRECT says. */
  static final class Chooser {
    private Chooser() {}

    public static void main(String[] args) throws Exception {
      try (Lwkt lwkt = Lwkt.builder().cpus(2).start()) {
        StringBuilder ran = new StringBuilder();
        Interrupt i =
            lwkt.cpu(0).interrupt("i", Priority.INT_MED, () -> ran.append(Lwkt.preempting()));
        lwkt.thread("worker").cpu(0).start(i::raise).join();
        print(lwkt.capabilities() + " preempting: " + ran);
      }
      try {
        Lwkt.builder().dispatch(Dispatch.DIRECT).start().close();
      } catch (UnsupportedOperationException e) {
        print(e.getMessage());
      }
    }

    private static void print(String line) {
      java.io.PrintStream out =
          new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
      out.println(line);
    }
  }

  @Test
  void withoutTheFlagPortableDispatchIsChosenAndTheReasonSaysWhatToAdd() throws Exception {
    ChildJvm.Result result = ChildJvm.run(Chooser.class);
    assertThat(result.output())
        .contains("dispatch=PORTABLE")
        .contains(
            "reason=java.lang is not opened: start with --add-opens java.base/java.lang=ALL-UNNAMED")
        .contains("preempting: true")
        .contains(
            "direct dispatch does not work here: java.lang is not opened: start with --add-opens"
                + " java.base/java.lang=ALL-UNNAMED");
    assertThat(result.status()).isZero();
  }

  @Test
  void withTheFlagDirectDispatchIsChosen() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(Chooser.class, "--add-opens", "java.base/java.lang=ALL-UNNAMED");
    assertThat(result.output())
        .contains("dispatch=DIRECT, reason=the self-test of direct dispatch passed")
        .contains("preempting: true");
    assertThat(result.status()).isZero();
  }
}
