package dev.waitok.kmalloc.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.MallocGroup;
import dev.waitok.kmalloc.MallocType;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class KmallocMetricsTest {
  @Test
  void theMetersShowWhatTheAllocatorSays() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(1 << 20).build()) {
      MallocType packets = kmalloc.type("packet", 64 << 10);
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      new KmallocMetrics(kmalloc, Tags.of("allocator", "main")).bindTo(registry);

      long block = packets.kmallocAddress(1024);
      assertThat(packets.tryKmallocAddress(100_000)).isEqualTo(Kmalloc.NULL);
      assertThat(gauge(registry, "kmalloc.type.used", "type", "packet")).isEqualTo(1024);
      assertThat(gauge(registry, "kmalloc.type.blocks", "type", "packet")).isEqualTo(1);
      assertThat(gauge(registry, "kmalloc.type.limit", "type", "packet")).isEqualTo(64 << 10);
      assertThat(counter(registry, "kmalloc.type.requests", "packet")).isEqualTo(2);
      assertThat(counter(registry, "kmalloc.type.failures", "packet")).isEqualTo(1);
      assertThat(gauge(registry, "kmalloc.pages", "state", "free"))
          .isEqualTo(kmalloc.pages().free());
      assertThat(gauge(registry, "kmalloc.pages", "state", "wired")).isPositive();
      assertThat(gauge(registry, "kmalloc.retained", "allocator", "main"))
          .isEqualTo(kmalloc.report().retained());
      assertThat(gauge(registry, "kmalloc.pressure", "allocator", "main")).isZero();
      packets.kfree(block);
      assertThat(gauge(registry, "kmalloc.type.used", "type", "packet")).isZero();
    }
  }

  @Test
  void aTypeMadeLaterGetsItsMetersAtTheNextReading() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(1 << 20).build()) {
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      new KmallocMetrics(kmalloc, Tags.empty()).bindTo(registry);
      MallocType late = kmalloc.type("late");
      late.kfree(late.kmallocAddress(10));
      assertThat(registry.find("kmalloc.type.requests").functionCounter()).isNull();
      assertThat(registry.get("kmalloc.types").gauge().value()).isEqualTo(1);
      assertThat(counter(registry, "kmalloc.type.requests", "late")).isEqualTo(1);
    }
  }

  @Test
  void groupsHaveMetersToo() {
    try (Kmalloc kmalloc = Kmalloc.builder().arena(1 << 20).build()) {
      MallocGroup net = kmalloc.group("net").limit(256 << 10);
      MallocType late = net.group("tcp").type("late");
      late.reservation(64 << 10);
      long block = late.kmallocAddress(1024);
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      new KmallocMetrics(kmalloc, Tags.empty()).bindTo(registry);
      assertThat(gauge(registry, "kmalloc.group.used", "group", "net")).isEqualTo(1024);
      assertThat(gauge(registry, "kmalloc.group.drawn", "group", "net")).isEqualTo(64 << 10);
      assertThat(gauge(registry, "kmalloc.group.limit", "group", "net")).isEqualTo(256 << 10);
      assertThat(gauge(registry, "kmalloc.group.used", "group", "tcp")).isEqualTo(1024);
      assertThat(registry.find("kmalloc.group.limit").tag("group", "tcp").gauge()).isNull();
      late.kfree(block);
      net.group("udp");
      assertThat(registry.get("kmalloc.types").gauge().value()).isEqualTo(1);
      assertThat(gauge(registry, "kmalloc.group.used", "group", "udp")).isZero();
    }
  }

  private static double gauge(SimpleMeterRegistry registry, String name, String tag, String value) {
    return registry.get(name).tag(tag, value).gauge().value();
  }

  private static double counter(SimpleMeterRegistry registry, String name, String type) {
    return registry.get(name).tag("type", type).functionCounter().count();
  }
}
