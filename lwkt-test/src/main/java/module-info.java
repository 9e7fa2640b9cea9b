/**
 * A test kit: JUnit Jupiter tests that run in simulations of LWKT and kmalloc, and what properties
 * of jqwik need to speak of them.
 */
@org.jspecify.annotations.NullMarked
module dev.waitok.lwkt.test {
  requires transitive dev.waitok.lwkt;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.commons;
  requires static transitive net.jqwik.api;

  exports dev.waitok.lwkt.test;
}
