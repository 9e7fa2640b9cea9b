/** Netty's buffers in kmalloc's arena, and channels that stop reading while memory is short. */
@org.jspecify.annotations.NullMarked
module dev.waitok.kmalloc.netty {
  requires transitive dev.waitok.kmalloc;
  requires transitive io.netty.buffer;
  requires transitive io.netty.common;
  requires transitive io.netty.transport;
  requires static transitive org.jspecify;

  exports dev.waitok.kmalloc.netty;
}
