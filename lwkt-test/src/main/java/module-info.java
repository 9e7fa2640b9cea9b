/** A test kit: JUnit Jupiter tests that run in simulations of LWKT and kmalloc. */
@org.jspecify.annotations.NullMarked
module dev.waitok.lwkt.test {
  requires transitive dev.waitok.lwkt;
  requires static transitive org.jspecify;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.commons;

  exports dev.waitok.lwkt.test;
}
