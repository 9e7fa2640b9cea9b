package dev.waitok.benchmarks.compare;

import dev.waitok.benchmarks.compare.GrowthRows.Axis;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The figure: what a pair costs with more of something, against the least of it. */
final class GrowthFigure {
  private GrowthFigure() {}

  static void write(Path file, Scores scores) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(720)
            .height(400)
            .title("A pair when there is more of everything")
            .xAxisTitle("times as many, or as much")
            .yAxisTitle("times the cost")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    for (Axis axis : Axis.values()) {
      Task least = GrowthRows.task(axis, axis.points().getFirst());
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (int point : axis.points()) {
        Task task = GrowthRows.task(axis, point);
        x.add((double) point / axis.points().getFirst());
        y.add(Ratios.median(scores.each(round -> round.of(task) / round.of(least))));
      }
      String from = "%s, from %,d".formatted(axis.title, axis.points().getFirst());
      chart.addSeries(from, x, y);
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    }
  }
}
