package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.compare.Comparison.Verdict;
import dev.waitok.examples.report.Table;
import java.util.List;

/** The table that people read: ratios, bounds, and whether they hold. */
final class Report {
  private Report() {}

  static String table(List<Verdict> verdicts) {
    Table table = new Table("work", "against", "ours", "theirs", "unit", "ratio", "bound", "holds");
    for (Verdict verdict : verdicts) {
      table.row((Object[]) cells(verdict));
    }
    long bound = verdicts.stream().filter(Verdict::isBound).count();
    long held = verdicts.stream().filter(v -> v.isBound() && v.holds()).count();
    return table + "\n" + held + " of " + bound + " bounds hold.\n";
  }

  /** The cells of a row, each as text. */
  static String[] cells(Verdict verdict) {
    Row row = verdict.row();
    String work = row.work() + (verdict.which().isEmpty() ? "" : ": " + verdict.which());
    return new String[] {
      work,
      row.peer(),
      number(row.ours()),
      number(row.theirs()),
      row.unit(),
      String.format("%.3f", row.ratio()),
      verdict.isBound() ? number(verdict.bound()) : "-",
      verdict.isBound() ? (verdict.holds() ? "yes" : "NO") : "-"
    };
  }

  /** With three digits or so. */
  private static String number(double value) {
    double size = Math.abs(value);
    return size >= 1000
        ? String.format("%,.0f", value)
        : size >= 100
            ? String.format("%.0f", value)
            : size >= 10 ? String.format("%.1f", value) : String.format("%.2f", value);
  }
}
