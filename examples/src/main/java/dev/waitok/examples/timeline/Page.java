package dev.waitok.examples.timeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** A page that shows a timeline by itself: the template with the data in it. */
final class Page {
  private static final String TEMPLATE = "page.html";
  private static final String PLACE = "{\"here\":\"data\"}";

  /** A browser draws so many at once. */
  private static final int MOST_BARS = 10_000;

  private static final int MOST_SAMPLES = 2_000;

  /** A line of the table of how long who ran at a time, in microseconds. */
  record Line(
      String thread, String kind, long runs, double p50, double p99, double longest, double all) {}

  /** What the page's script draws. */
  record Data(
      String title,
      List<Bars.Bar> bars,
      int barsInAll,
      long lost,
      List<Timeline.Pages> pages,
      List<Line> lines) {}

  private Page() {}

  static String of(String title, Timeline timeline) throws IOException {
    List<Bars.Bar> bars = Bars.of(timeline);
    List<Bars.Bar> shown = shown(bars);
    Data data =
        new Data(
            title, shown, bars.size(), timeline.lost(), thinned(timeline.pages()), lines(bars));
    String json = new ObjectMapper().writeValueAsString(data).replace("</", "<\\/");
    try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(TEMPLATE))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace(PLACE, json);
    }
  }

  /** As many as are shown, next to each other: where most is preempted. */
  static List<Bars.Bar> shown(List<Bars.Bar> all) {
    int size = Math.min(MOST_BARS, all.size());
    int inWindow = 0;
    int best = -1;
    int bestEnd = size;
    for (int end = 0; end < all.size(); end++) {
      inWindow += all.get(end).depth() > 0 ? 1 : 0;
      if (end >= size) {
        inWindow -= all.get(end - size).depth() > 0 ? 1 : 0;
      }
      if (end >= size - 1 && inWindow > best) {
        best = inWindow;
        bestEnd = end + 1;
      }
    }
    return all.subList(bestEnd - size, bestEnd);
  }

  private static List<Timeline.Pages> thinned(List<Timeline.Pages> all) {
    int step = 1 + all.size() / MOST_SAMPLES;
    List<Timeline.Pages> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i += step) {
      some.add(all.get(i));
    }
    return some;
  }

  private static List<Line> lines(List<Bars.Bar> bars) {
    Map<String, Histogram> histograms = new TreeMap<>();
    Map<String, Bars.Bar> examples = new TreeMap<>();
    Map<String, Double> sums = new TreeMap<>();
    for (Bars.Bar bar : bars) {
      String key = bar.kind() + " " + bar.thread();
      examples.putIfAbsent(key, bar);
      histograms
          .computeIfAbsent(key, k -> new Histogram(3))
          .recordValue(Math.max(0, Math.round(bar.own() * 1e3)));
      sums.merge(key, bar.own(), Double::sum);
    }
    List<Line> lines = new ArrayList<>();
    histograms.forEach(
        (key, h) -> {
          Bars.Bar bar = Objects.requireNonNull(examples.get(key));
          lines.add(
              new Line(
                  bar.thread(),
                  bar.kind(),
                  h.getTotalCount(),
                  h.getValueAtPercentile(50) / 1e3,
                  h.getValueAtPercentile(99) / 1e3,
                  h.getMaxValue() / 1e3,
                  Objects.requireNonNull(sums.get(key))));
        });
    return lines;
  }
}
