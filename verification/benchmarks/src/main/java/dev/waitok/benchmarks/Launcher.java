package dev.waitok.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.Main;

/** The command line. */
public final class Launcher {
  private Launcher() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    Main.main(Arrays.copyOfRange(args, 1, args.length));
  }
}
