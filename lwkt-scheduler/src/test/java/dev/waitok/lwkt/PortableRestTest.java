package dev.waitok.lwkt;

/** Rest on portable dispatch. */
class PortableRestTest extends RestContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.PORTABLE;
  }
}
