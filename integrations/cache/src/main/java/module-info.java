/** A cache with Caffeine's policy whose values are kmalloc's, and go when memory is short. */
@org.jspecify.annotations.NullMarked
module dev.waitok.kmalloc.cache {
  requires com.github.benmanes.caffeine;
  requires transitive dev.waitok.kmalloc;
  requires static transitive org.jspecify;

  exports dev.waitok.kmalloc.cache;
}
