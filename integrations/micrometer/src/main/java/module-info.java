/** Meters of kmalloc for Micrometer. */
// Micrometer has a name in its manifest only.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
@org.jspecify.annotations.NullMarked
module dev.waitok.kmalloc.micrometer {
  requires transitive dev.waitok.kmalloc;
  requires transitive micrometer.core;
  requires static transitive org.jspecify;

  exports dev.waitok.kmalloc.micrometer;
}
