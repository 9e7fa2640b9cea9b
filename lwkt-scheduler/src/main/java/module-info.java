/** LWKT: a cooperative scheduler of light weight kernel threads on virtual threads. */
@org.jspecify.annotations.NullMarked
module dev.waitok.lwkt {
  requires transitive dev.waitok.kmalloc;
  requires java.management;
  requires jdk.jfr;
  requires jdk.management;
  requires org.jctools.core;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.waitok.lwkt;
  exports dev.waitok.lwkt.sim;
}
