/** A checker of class files for programs that use kmalloc and LWKT. Depends on neither. */
@org.jspecify.annotations.NullMarked
module dev.waitok.audit {
  requires static transitive org.jspecify;

  exports dev.waitok.audit;
}
