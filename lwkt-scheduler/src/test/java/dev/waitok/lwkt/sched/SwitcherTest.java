package dev.waitok.lwkt.sched;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SwitcherTest {
  /** HotSpot's FreqInlineSize: a hot method of more bytes of code is not inlined. */
  private static final int LARGEST_INLINED = 325;

  /** What {@code switchOut} must have, to be inlined where it is hot. */
  @Test
  void whatDecidesIsTooLargeToBeInlinedAndTheHandOverIsNot() throws IOException {
    assertThat(codeLength("makeWay")).isGreaterThan(LARGEST_INLINED);
    assertThat(codeLength("switchOut")).isLessThan(LARGEST_INLINED / 2);
  }

  private static int codeLength(String method) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Switcher.class.getResourceAsStream("Switcher.class"))) {
      MethodModel found =
          ClassFile.of().parse(in.readAllBytes()).methods().stream()
              .filter(m -> m.methodName().equalsString(method))
              .findFirst()
              .orElseThrow();
      return found.findAttribute(Attributes.code()).orElseThrow().codeLength();
    }
  }
}
