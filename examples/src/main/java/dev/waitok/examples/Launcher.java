package dev.waitok.examples;

/** The command line of the example programs. */
public final class Launcher {
  private Launcher() {}

  /**
   * Runs one example program.
   *
   * @param args the name of the program and its options
   */
  public static void main(String[] args) {
    System.out.println("running on " + Runtime.version() + " with " + String.join(" ", args));
  }
}
