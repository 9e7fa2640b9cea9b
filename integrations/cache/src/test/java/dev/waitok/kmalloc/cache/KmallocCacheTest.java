package dev.waitok.kmalloc.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitok.kmalloc.Kmalloc;
import dev.waitok.kmalloc.KmallocClosedException;
import dev.waitok.kmalloc.LimitReachedException;
import dev.waitok.kmalloc.MallocType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KmallocCacheTest {
  private static final long SEED = 20_261_125;
  private static final int KIB = 1 << 10;

  private final Kmalloc kmalloc = Kmalloc.builder().arena(16L << 20).build();
  private final MallocType type = kmalloc.type("pages");

  @AfterEach
  void close() {
    kmalloc.close();
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void contentsSurviveAndEveryByteIsAccountedFor() {
    Map<Integer, byte[]> model = new HashMap<>();
    SplittableRandom random = new SplittableRandom(SEED);
    try (KmallocCache<Integer> cache = KmallocCache.builder(kmalloc, "pages").build()) {
      for (int i = 0; i < 2000; i++) {
        Integer key = random.nextInt(300);
        switch (random.nextInt(8)) {
          case 0 -> assertThat(cache.remove(key)).isEqualTo(model.remove(key) != null);
          case 1, 2, 3 -> {
            byte[] value = new byte[random.nextInt(random.nextInt(10) == 0 ? 40_000 : 500)];
            random.nextBytes(value);
            if (random.nextBoolean()) {
              cache.put(key, value);
            } else {
              assertThat(cache.tryPut(key, value)).isTrue();
            }
            model.put(key, value);
          }
          default -> assertThat(cache.get(key, KmallocCacheTest::bytes)).isEqualTo(model.get(key));
        }
        assertThat(cache.statistics().bytes())
            .as("seed " + SEED)
            .isEqualTo(type.statistics().bytes());
      }
      assertThat(cache.statistics().entries()).isEqualTo(model.size());
      assertThat(cache.statistics().hits()).isPositive();
      assertThat(cache.statistics().misses()).isPositive();
      assertThat(cache.statistics().reclaimed()).isZero();
    }
    assertThat(type.statistics().bytes()).isZero();
    assertThat(type.statistics().inUse()).isZero();
  }

  @Test
  void keepsNoMoreThanItsMaximumAndWhatIsReadOftenStays() {
    try (KmallocCache<Integer> cache =
        KmallocCache.builder(kmalloc, "pages").maximumBytes(100 * KIB).build()) {
      cache.put(-1, new byte[KIB]);
      for (int i = 0; i < 1000; i++) {
        cache.put(i, new byte[KIB]);
        assertThat(cache.get(-1, MemorySegment::byteSize)).isEqualTo(KIB);
        assertThat(type.statistics().bytes()).isLessThanOrEqualTo(100 * KIB);
      }
      assertThat(cache.statistics().evicted()).isEqualTo(1001 - cache.statistics().entries());
      cache.put(-2, new byte[101 * KIB]);
      assertThat(cache.borrow(-2)).isNull();
    }
  }

  @Test
  void aValueThatIsReplacedRemovedOrClosedStaysForItsReaders() {
    KmallocCache<String> cache = KmallocCache.builder(kmalloc, "pages").build();
    cache.put("a", new byte[] {1});
    Borrowed first = cache.borrow("a");
    Borrowed again = cache.borrow("a");
    cache.put("a", new byte[] {2});
    Borrowed second = cache.borrow("a");
    assertThat(cache.remove("a")).isTrue();
    assertThat(cache.borrow("a")).isNull();
    cache.put("a", new byte[] {3});
    Borrowed third = cache.borrow("a");
    cache.close();
    assertThat(type.statistics().inUse()).isEqualTo(3);
    assertThat(bytes(first.segment())).containsExactly(1);
    first.close();
    first.close();
    assertThat(type.statistics().inUse()).isEqualTo(3);
    assertThat(bytes(again.segment())).containsExactly(1);
    assertThat(bytes(second.segment())).containsExactly(2);
    assertThat(bytes(third.segment())).containsExactly(3);
    assertThat(third.segment().isReadOnly()).isTrue();
    again.close();
    second.close();
    third.close();
    assertThat(type.statistics().inUse()).isZero();
    assertThat(cache.statistics().bytes()).isZero();
    assertThatThrownBy(third::segment)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the borrowed value is closed: size=1");
  }

  @Test
  void aReaderOrASourceThatFailsLeavesNothingBehind() {
    try (KmallocCache<String> cache = KmallocCache.builder(kmalloc, "pages").build()) {
      cache.put("a", new byte[100]);
      assertThatThrownBy(
              () ->
                  cache.get(
                      "a",
                      segment -> {
                        throw new IllegalStateException("reader");
                      }))
          .hasMessage("reader");
      assertThat(cache.remove("a")).isTrue();
      assertThat(type.statistics().inUse()).isZero();

      Arena arena = Arena.ofConfined();
      MemorySegment gone = arena.allocate(100);
      arena.close();
      assertThatThrownBy(() -> cache.put("b", gone)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> cache.put(null, new byte[100]))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> cache.put("c", MemorySegment.NULL.reinterpret((1L << 30) + 1)))
          .hasMessage("a value has at most 1073741824 bytes: size=1073741825");
      assertThat(type.statistics().inUse()).isZero();
    }
  }

  @Test
  void atTheLimitOfItsTypeTheColdestGiveWay() {
    type.limit(64 * KIB);
    try (KmallocCache<Integer> cache = KmallocCache.builder(kmalloc, "pages").build()) {
      for (int i = 0; i < 500; i++) {
        if (i % 2 == 0) {
          cache.put(i, new byte[KIB]);
        } else {
          assertThat(cache.tryPut(i, new byte[KIB])).isTrue();
        }
        assertThat(type.statistics().bytes()).isLessThanOrEqualTo(64 * KIB);
      }
      assertThat(cache.statistics().reclaimed()).isEqualTo(500 - cache.statistics().entries());
      assertThat(cache.tryPut(-1, new byte[65 * KIB])).isFalse();
      assertThatThrownBy(() -> cache.put(-1, new byte[65 * KIB]))
          .isInstanceOf(LimitReachedException.class);
    }
  }

  @Test
  void aClosedCacheSaysSoAndClosesAgain() {
    KmallocCache<Integer> cache = KmallocCache.builder(kmalloc, "pages").cost(7).build();
    cache.put(1, new byte[100]);
    assertThat(kmalloc.reclaimers()).extracting(r -> r.name() + r.cost()).containsExactly("pages7");
    cache.close();
    cache.close();
    assertThat(kmalloc.reclaimers()).isEmpty();
    assertThat(type.statistics().inUse()).isZero();
    assertThatThrownBy(() -> cache.put(1, new byte[1])).hasMessage("the cache is closed: pages");
    assertThatThrownBy(() -> cache.tryPut(1, new byte[1]))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.borrow(1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.remove(1)).isInstanceOf(IllegalStateException.class);
    assertThat(cache.statistics().entries()).isZero();
  }

  @Test
  void theAllocatorMayBeClosedFirst() {
    KmallocCache<Integer> cache = KmallocCache.builder(kmalloc, "pages").build();
    cache.put(1, new byte[100]);
    Borrowed borrowed = cache.borrow(1);
    kmalloc.close();
    assertThatThrownBy(() -> cache.put(2, new byte[100]))
        .isInstanceOf(KmallocClosedException.class);
    MemorySegment gone = borrowed.segment();
    assertThatThrownBy(() -> gone.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    cache.close();
    borrowed.close();
    assertThat(cache.statistics().bytes()).isZero();
    assertThatThrownBy(() -> KmallocCache.builder(kmalloc, "pages").build())
        .isInstanceOf(KmallocClosedException.class);
  }
}
