package dev.waitok.benchmarks.scheduler;

/** The arguments that the forks of the scheduler's benchmarks need. */
final class Jvm {
  static final String OPENS = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  static final String EXPORTS = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED";
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
  static final String ONE_CARRIER = "-Djdk.virtualThreadScheduler.parallelism=1";
  static final String ONE_CARRIER_AT_MOST = "-Djdk.virtualThreadScheduler.maxPoolSize=1";
  static final String TWO_CARRIERS = "-Djdk.virtualThreadScheduler.parallelism=2";

  private Jvm() {}
}
