package dev.waitok.examples.pressure;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Memory over time as a picture: live, retained, resident, FREE and CACHE bytes, and waiters. */
final class Plot {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final int MARGIN = 60;

  private final List<Sample> samples;
  private final double lastMillis;
  private final double most;

  Plot(List<Sample> samples) {
    this.samples = samples;
    this.lastMillis = (double) Math.max(1, samples.getLast().millis());
    this.most =
        samples.stream()
            .mapToDouble(s -> (double) Math.max(s.resident(), Math.max(s.retained(), free(s))))
            .max()
            .orElse(1);
  }

  private static long free(Sample sample) {
    return (long) sample.free() * Scenario.PAGE;
  }

  /** The picture, as SVG. */
  String svg() {
    StringBuilder svg = new StringBuilder(10_000);
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
            WIDTH,
            HEIGHT));
    grid(svg);
    curve(svg, 0, "resident", "#d62728", s -> (double) s.resident());
    curve(svg, 1, "retained", "#1f77b4", s -> (double) s.retained());
    curve(svg, 2, "live", "#2ca02c", s -> (double) s.live());
    curve(svg, 3, "FREE", "#999999", s -> (double) free(s));
    curve(svg, 4, "CACHE", "#e0b050", s -> (double) s.cache() * Scenario.PAGE);
    double waiters = Math.max(1, samples.stream().mapToInt(Sample::waiters).max().orElse(1));
    curve(
        svg,
        5,
        String.format(Locale.ROOT, "waiters (%.0f at most)", waiters),
        "#9467bd",
        s -> s.waiters() / waiters * most / 4);
    return svg.append("</svg>\n").toString();
  }

  private void grid(StringBuilder svg) {
    for (int i = 0; i <= 4; i++) {
      double y = y(most * i / 4);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#eee\"/>"
                  + "<text x=\"4\" y=\"%.1f\">%.1f MiB</text>%n",
              MARGIN,
              WIDTH - MARGIN,
              y,
              y,
              y + 4,
              most * i / 4 / Scenario.MIB));
    }
    for (int second = 0; second * 1000 <= lastMillis; second++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\">%d s</text>%n",
              x(second * 1000),
              HEIGHT - MARGIN + 18,
              second));
    }
  }

  private void curve(
      StringBuilder svg, int number, String name, String colour, ToDoubleFunction<Sample> value) {
    svg.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" points=\"");
    for (Sample sample : samples) {
      svg.append(
          String.format(
              Locale.ROOT,
              "%.1f,%.1f ",
              x((double) sample.millis()),
              y(value.applyAsDouble(sample))));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "\"/>%n<text x=\"%d\" y=\"20\" fill=\"%s\">%s</text>%n",
            MARGIN + number * 120,
            colour,
            name));
  }

  private double x(double millis) {
    return MARGIN + millis / lastMillis * (WIDTH - 2 * MARGIN);
  }

  private double y(double bytes) {
    return HEIGHT - MARGIN - bytes / most * (HEIGHT - 2 * MARGIN);
  }
}
