package dev.waitok.examples.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.waitok.examples.ProgramRun;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocFlags;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.TraceRecording;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedTraceTest {
  /** What a program records of itself, replay takes as it is. */
  @Test
  void aRecordedTraceIsReplayed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("own.trace.gz");
    try (Kmalloc kmalloc = Kmalloc.builder().arena(16 << 20).build();
        TraceRecording recording = kmalloc.record(file)) {
      MallocType type = kmalloc.type("own");
      List<Long> live = new ArrayList<>();
      for (int i = 1; i <= 1000; i++) {
        live.add(
            switch (i % 3) {
              case 0 -> type.kmallocAddress(i, MallocFlags.M_WAITOK | MallocFlags.M_ZERO);
              case 1 -> kmalloc.kmallocAddressAligned(i, 256, type, MallocFlags.M_WAITOK);
              default -> type.kmallocAddress(i);
            });
        if (live.size() > 100) {
          type.kfree(live.removeFirst());
        }
      }
      live.forEach(type::kfree);
      assertThat(recording.events()).isEqualTo(2000);
      assertThat(recording.lost()).isZero();
    }
    ProgramRun run = new ProgramRun(folder, "replay", file.toString(), "--threads", "platform");
    JsonNode figures = run.figures(0).findValue("runs").get(0);
    assertThat(figures.get("events").asLong()).isEqualTo(2000);
    assertThat(figures.get("corruption").asLong()).isZero();
    assertThat(figures.get("leaks").asLong()).isZero();
  }
}
