package dev.waitok.examples.decisions;

import dev.waitok.examples.cli.Choice;
import dev.waitok.examples.cli.DispatchOption;
import dev.waitok.examples.cli.JsonOption;
import dev.waitok.examples.report.Progress;
import dev.waitok.examples.report.Table;
import dev.waitok.kmalloc.PageClassPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Measures the decision table: drives an allocator and a scheduler into every state of it, at both
 * ends of every band, and prints what a request for one page really met there.
 *
 * <pre>java -jar examples/target/waitok-examples.jar decisions --policy reeval-off</pre>
 */
@Command(
    name = "decisions",
    description = "Measures what a request for one page meets in every state of memory.",
    mixinStandardHelpOptions = true)
public final class DecisionsCommand implements Callable<Integer> {
  /** When the class of pages is decided. */
  enum When {
    WAITOK(PageClassPolicy.EACH_ATTEMPT),
    REEVAL_OFF(PageClassPolicy.ONCE);

    private final PageClassPolicy policy;

    When(PageClassPolicy policy) {
      this.policy = policy;
    }

    PageClassPolicy policy() {
      return policy;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Reads one on the command line. */
    static final class Reader extends Choice<When> {
      /** For the command line. */
      Reader() {
        super(values());
      }
    }
  }

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      converter = When.Reader.class,
      description = "when pages are chosen: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private When policy = When.WAITOK;

  @Option(
      names = "--dispatch",
      paramLabel = "HOW",
      converter = DispatchOption.Reader.class,
      description = "of LWKT threads: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
  private DispatchOption dispatch = DispatchOption.AUTO;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For the command line. */
  public DecisionsCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    json.check(spec);
    Measurement measurement = new Measurement(dispatch, policy.policy());
    List<Cell> cells = new ArrayList<>();
    String dispatched = "";
    int states = Row.values().length * 2 * Band.values().length * 2;
    try (Progress shown = new Progress("decisions " + policy)) {
      for (Row row : Row.values()) {
        for (boolean preempting : new boolean[] {false, true}) {
          for (Band band : Band.values()) {
            for (boolean full : new boolean[] {false, true}) {
              Measurement.Result low = measurement.measure(row, preempting, band, false, full);
              Measurement.Result high = measurement.measure(row, preempting, band, true, full);
              cells.add(low.cell());
              requireSame(low.cell(), high.cell());
              dispatched = low.dispatch();
              shown.show(cells.size(), states, "states");
            }
          }
        }
      }
    }
    json.write(new DecisionFigures(dispatched, policy.toString(), cells));
    PrintWriter out = spec.commandLine().getOut();
    out.printf("dispatch %s, policy %s; what one page met%n%n%s", dispatched, policy, table(cells));
    out.flush();
    return 0;
  }

  /** A band is one state only if nothing changes between its ends. */
  private static void requireSame(Cell low, Cell high) {
    if (!low.summary().equals(high.summary())) {
      throw new IllegalStateException(
          "the ends of a band differ: " + low + " at the low one, " + high + " at the high one");
    }
  }

  private static Table table(List<Cell> cells) {
    List<String> headings = new ArrayList<>(List.of("asked with", "preempting"));
    int columns = Band.values().length * 2;
    for (Cell cell : cells.subList(0, columns)) {
      headings.add(cell.free() + ", " + cell.cache());
    }
    Table table = new Table(headings.toArray(String[]::new));
    for (int i = 0; i < cells.size(); i += columns) {
      List<Object> row = new ArrayList<>();
      row.add(cells.get(i).flags());
      row.add(cells.get(i).preempting() ? "yes" : "no");
      cells.subList(i, i + columns).forEach(cell -> row.add(cell.summary()));
      table.row(row.toArray());
    }
    return table;
  }
}
