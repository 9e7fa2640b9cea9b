package dev.waitok.examples.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: columns as wide as their widest cell, numbers to the right, words to the
 * left.
 */
public final class Table {
  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * An empty table.
   *
   * @param headings one for each column
   */
  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column; integers get separators between their thousands
   * @throws IllegalArgumentException if there are more or fewer cells than headings
   */
  public void row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + headings.size() + " columns");
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell instanceof Number n ? String.format("%,d", n.longValue()) : cell.toString());
    }
    rows.add(row);
  }

  @Override
  public String toString() {
    int columns = headings.size();
    int[] widths = new int[columns];
    boolean[] numbers = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      widths[c] = headings.get(c).length();
      numbers[c] = !rows.isEmpty();
      for (List<String> row : rows) {
        widths[c] = Math.max(widths[c], row.get(c).length());
        numbers[c] &= !row.get(c).isEmpty() && Character.isDigit(row.get(c).charAt(0));
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, headings, widths, numbers);
    for (List<String> row : rows) {
      line(text, row, widths, numbers);
    }
    return text.toString();
  }

  private static void line(
      StringBuilder text, List<String> cells, int[] widths, boolean[] numbers) {
    int start = text.length();
    for (int c = 0; c < cells.size(); c++) {
      String padding = " ".repeat(widths[c] - cells.get(c).length());
      text.append(c == 0 ? "" : "  ");
      text.append(numbers[c] ? padding + cells.get(c) : cells.get(c) + padding);
    }
    int end = text.length();
    while (end > start && text.charAt(end - 1) == ' ') {
      end--;
    }
    text.setLength(end);
    text.append('\n');
  }
}
