package dev.waitok.examples.timeline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** The trace-event format, which Perfetto and chrome://tracing open: a process is a scheduler. */
final class TraceEvents {
  private TraceEvents() {}

  static void write(Timeline timeline, Writer to) throws IOException {
    List<String> processes = new ArrayList<>();
    List<String> threads = new ArrayList<>();
    try (JsonGenerator json = new JsonFactory().createGenerator(to)) {
      json.writeStartObject();
      json.writeStringField("displayTimeUnit", "ns");
      json.writeArrayFieldStart("traceEvents");
      for (Bars.Bar bar : Bars.of(timeline)) {
        int pid = indexOf(processes, bar.scheduler());
        if (indexOf(threads, bar.scheduler() + " " + bar.cpu()) == threads.size()) {
          threads.add(bar.scheduler() + " " + bar.cpu());
          name(json, "process_name", pid, 0, bar.scheduler());
          name(json, "thread_name", pid, bar.cpu() + 1, "cpu " + bar.cpu());
        }
        if (pid == processes.size()) {
          processes.add(bar.scheduler());
        }
        begin(json, "X", bar.thread(), pid + 1, bar.cpu() + 1, bar.from());
        json.writeNumberField("dur", exact(bar.to() - bar.from()));
        json.writeStringField("cat", bar.kind());
        json.writeObjectFieldStart("args");
        json.writeNumberField("priority", bar.priority());
        json.writeNumberField("own", exact(bar.own()));
        json.writeEndObject();
        json.writeEndObject();
      }
      for (Timeline.Pages pages : timeline.pages()) {
        begin(json, "C", "pages of arena " + pages.arena(), 0, 0, pages.at());
        json.writeObjectFieldStart("args");
        json.writeNumberField("WIRED", pages.wired());
        json.writeNumberField("ACTIVE", pages.active() + pages.hold());
        json.writeNumberField("INACTIVE", pages.inactive());
        json.writeNumberField("CACHE", pages.cache());
        json.writeNumberField("FREE", pages.free());
        json.writeEndObject();
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static int indexOf(List<String> names, String name) {
    int index = names.indexOf(name);
    return index < 0 ? names.size() : index;
  }

  private static void begin(
      JsonGenerator json, String phase, String name, int pid, int tid, double at)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", phase);
    json.writeStringField("name", name);
    json.writeNumberField("pid", pid);
    json.writeNumberField("tid", tid);
    json.writeNumberField("ts", exact(at));
  }

  /** Microseconds to the nanosecond, which is all that there is, and short to write. */
  private static BigDecimal exact(double micros) {
    return BigDecimal.valueOf(Math.round(micros * 1000), 3);
  }

  private static void name(JsonGenerator json, String what, int pid, int tid, String name)
      throws IOException {
    begin(json, "M", what, pid + 1, tid, 0);
    json.writeObjectFieldStart("args");
    json.writeStringField("name", name);
    json.writeEndObject();
    json.writeEndObject();
  }
}
