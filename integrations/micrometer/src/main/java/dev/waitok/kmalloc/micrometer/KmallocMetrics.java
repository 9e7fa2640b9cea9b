package dev.waitok.kmalloc.micrometer;

import dev.waitok.kmalloc.GroupStatistics;
import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocGroup;
import dev.waitok.kmalloc.MallocType;
import dev.waitok.kmalloc.PageCounts;
import dev.waitok.kmalloc.PageStatistics;
import dev.waitok.kmalloc.PressureLevel;
import dev.waitok.kmalloc.TypeStatistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * Binds an allocator's figures to a registry. They are read when the registry asks, and cost the
 * allocator nothing in between. A type or group that is made later has its meters from the first
 * time on that {@code kmalloc.types} was read after it.
 *
 * <pre>
 *   kmalloc.pages            gauge     state = free, cache, inactive, active, hold, wired
 *   kmalloc.page.size        gauge     bytes
 *   kmalloc.retained         gauge     bytes of pages that are neither free nor cache
 *   kmalloc.pressure         gauge     0 none, 1 target, 2 min, 3 severe
 *   kmalloc.waiting          gauge     requests that wait
 *   kmalloc.reclaimed        counter   pages reclaimed
 *   kmalloc.given.back       counter   pages given back to the system
 *   kmalloc.types            gauge     how many types there are
 *   kmalloc.type.used        gauge     bytes in use; type = name
 *   kmalloc.type.blocks      gauge     blocks in use; type = name
 *   kmalloc.type.limit       gauge     bytes; only for types with a limit
 *   kmalloc.type.requests, .failures, .waits, .switches    counters; type = name
 *   kmalloc.group.used       gauge     bytes in use of a group's types; group = name
 *   kmalloc.group.drawn      gauge     bytes used or reserved, which count against the limit
 *   kmalloc.group.limit      gauge     bytes; only for groups with a limit
 * </pre>
 */
public final class KmallocMetrics implements MeterBinder {
  private final Kmalloc kmalloc;
  private final Tags tags;

  /**
   * The meters of an allocator.
   *
   * @param kmalloc the allocator; it stays reachable for as long as the registry does
   * @param tags that each meter gets, to tell this allocator from others
   */
  public KmallocMetrics(Kmalloc kmalloc, Iterable<Tag> tags) {
    this.kmalloc = Objects.requireNonNull(kmalloc);
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    pages(registry, "free", PageCounts::free);
    pages(registry, "cache", PageCounts::cache);
    pages(registry, "inactive", PageCounts::inactive);
    pages(registry, "active", PageCounts::active);
    pages(registry, "hold", PageCounts::hold);
    pages(registry, "wired", PageCounts::wired);
    gauge(registry, "kmalloc.page.size", BaseUnits.BYTES, k -> k.pages().pageSize());
    gauge(registry, "kmalloc.retained", BaseUnits.BYTES, k -> retained(k.pages()));
    gauge(registry, "kmalloc.pressure", "level", k -> level(k.pressure()));
    gauge(registry, "kmalloc.waiting", "requests", k -> k.pageStatistics().waiting());
    counter(registry, "kmalloc.reclaimed", PageStatistics::reclaimedPages);
    counter(registry, "kmalloc.given.back", PageStatistics::givenBackPages);
    Set<String> known = ConcurrentHashMap.newKeySet();
    Set<String> knownGroups = ConcurrentHashMap.newKeySet();
    bindNewTypes(registry, known);
    bindNewGroups(registry, knownGroups);
    gauge(
        registry,
        "kmalloc.types",
        "types",
        k -> {
          bindNewTypes(registry, known);
          bindNewGroups(registry, knownGroups);
          return known.size();
        });
  }

  private static double level(PressureLevel level) {
    return switch (level) {
      case NONE -> 0;
      case TARGET -> 1;
      case MIN -> 2;
      case SEVERE -> 3;
    };
  }

  private static double retained(PageCounts pages) {
    return (double) (pages.total() - pages.free() - pages.cache()) * pages.pageSize();
  }

  private void pages(MeterRegistry registry, String state, ToDoubleFunction<PageCounts> count) {
    Gauge.builder("kmalloc.pages", kmalloc, k -> count.applyAsDouble(k.pages()))
        .tags(tags.and("state", state))
        .baseUnit("pages")
        .strongReference(true)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String unit, ToDoubleFunction<Kmalloc> value) {
    Gauge.builder(name, kmalloc, value)
        .tags(tags)
        .baseUnit(unit)
        .strongReference(true)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, ToDoubleFunction<PageStatistics> value) {
    FunctionCounter.builder(name, kmalloc, k -> value.applyAsDouble(k.pageStatistics()))
        .tags(tags)
        .baseUnit("pages")
        .register(registry);
  }

  private void bindNewTypes(MeterRegistry registry, Set<String> known) {
    for (TypeStatistics type : kmalloc.statistics()) {
      if (known.add(type.name())) {
        bindType(registry, kmalloc.type(type.name()));
      }
    }
  }

  private void bindNewGroups(MeterRegistry registry, Set<String> known) {
    for (GroupStatistics group : kmalloc.groups()) {
      if (known.add(group.name())) {
        MallocGroup bound = kmalloc.group(group.name());
        groupGauge(registry, bound, "kmalloc.group.used", GroupStatistics::bytes);
        groupGauge(registry, bound, "kmalloc.group.drawn", GroupStatistics::drawnBytes);
        if (bound.limit() != Long.MAX_VALUE) {
          groupGauge(registry, bound, "kmalloc.group.limit", GroupStatistics::limit);
        }
      }
    }
  }

  private void groupGauge(
      MeterRegistry registry,
      MallocGroup group,
      String name,
      ToDoubleFunction<GroupStatistics> value) {
    Gauge.builder(name, group, g -> value.applyAsDouble(g.statistics()))
        .tags(tags.and("group", group.name()))
        .baseUnit(BaseUnits.BYTES)
        .strongReference(true)
        .register(registry);
  }

  private void bindType(MeterRegistry registry, MallocType type) {
    Tags own = tags.and("type", type.name());
    typeGauge(registry, own, type, "kmalloc.type.used", TypeStatistics::bytes);
    typeGauge(registry, own, type, "kmalloc.type.blocks", TypeStatistics::inUse);
    if (type.limit() != Long.MAX_VALUE) {
      typeGauge(registry, own, type, "kmalloc.type.limit", TypeStatistics::limit);
    }
    typeCounter(registry, own, type, "kmalloc.type.requests", TypeStatistics::requests);
    typeCounter(registry, own, type, "kmalloc.type.failures", TypeStatistics::failures);
    typeCounter(registry, own, type, "kmalloc.type.waits", TypeStatistics::waits);
    typeCounter(registry, own, type, "kmalloc.type.switches", TypeStatistics::switchAways);
  }

  private static void typeGauge(
      MeterRegistry registry,
      Tags own,
      MallocType type,
      String name,
      ToDoubleFunction<TypeStatistics> value) {
    Gauge.builder(name, type, t -> value.applyAsDouble(t.statistics()))
        .tags(own)
        .baseUnit(name.endsWith("blocks") ? "blocks" : BaseUnits.BYTES)
        .strongReference(true)
        .register(registry);
  }

  private static void typeCounter(
      MeterRegistry registry,
      Tags own,
      MallocType type,
      String name,
      ToDoubleFunction<TypeStatistics> value) {
    FunctionCounter.builder(name, type, t -> value.applyAsDouble(t.statistics()))
        .tags(own)
        .register(registry);
  }
}
