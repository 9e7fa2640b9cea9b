package dev.waitok.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One run of a program through the command line, with what it printed and wrote. */
public final class ProgramRun {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Path json;
  private final int status;

  /** Runs a program that writes its figures into a directory. */
  public ProgramRun(Path directory, String... args) {
    json = directory.resolve("figures.json");
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--json", json.toString()));
    status =
        Launcher.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
  }

  /** Its exit status. */
  public int status() {
    return status;
  }

  /** Its table. */
  public String out() {
    return out.toString();
  }

  /** Its errors. */
  public String err() {
    return err.toString();
  }

  /** Its figures, if the status is right. */
  public JsonNode figures(int expectedStatus) throws IOException {
    assertThat(status).as("%s%s", out, err).isEqualTo(expectedStatus);
    return new ObjectMapper().readTree(Files.readString(json));
  }

  /** The names of a JSON object's members, in order. */
  public static List<String> keys(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
