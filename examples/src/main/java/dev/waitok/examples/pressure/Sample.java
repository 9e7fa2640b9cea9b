package dev.waitok.examples.pressure;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MemoryReport;

/**
 * An allocator at one moment.
 *
 * @param millis since the beginning
 * @param live bytes of live blocks
 * @param retained bytes of pages that are neither FREE nor CACHE
 * @param resident bytes that the system has given
 * @param free FREE pages
 * @param cache CACHE pages
 * @param level how short memory is
 * @param waiters how many requests wait
 */
record Sample(
    long millis,
    long live,
    long retained,
    long resident,
    int free,
    int cache,
    String level,
    int waiters) {

  static Sample of(Kmalloc kmalloc, long millis) {
    MemoryReport report = kmalloc.report();
    return new Sample(
        millis,
        report.used(),
        report.retained(),
        kmalloc.residentBytes().orElse(0),
        report.pages().free(),
        report.pages().cache(),
        kmalloc.pressure().name(),
        report.pageStatistics().waiting());
  }
}
