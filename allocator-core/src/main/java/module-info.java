/**
 * kmalloc: an off-heap allocator over page arenas, with wait classes, reserves, reclaimable pages
 * and limits by type. Useful alone, from plain platform and virtual threads; a scheduler may bind
 * itself through {@link dev.waitok.kmalloc.spi}.
 */
@org.jspecify.annotations.NullMarked
module dev.waitok.kmalloc {
  requires java.management;
  requires jdk.jfr;
  requires jdk.management;
  requires org.jctools.core;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.waitok.kmalloc;
  exports dev.waitok.kmalloc.spi;
}
