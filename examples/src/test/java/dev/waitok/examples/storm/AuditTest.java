package dev.waitok.examples.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.examples.ProgramRun;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  /** Handlers preempt and ask without wait; they could as well wait, which is what storm shows. */
  @Test
  void theHandlersThatAskWithoutWaitCouldHaveWaited(@TempDir Path folder) {
    ProgramRun run = new ProgramRun(folder, "storm", "--requests", "200", "--audit");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).containsPattern("(\\d) of \\1 sites can wait");
    assertThat(run.out())
        .containsPattern("yes +[\\d,]+ +[\\d,]+ +[1-9][\\d,]* +0 +.*Handler\\.allocate");
  }
}
