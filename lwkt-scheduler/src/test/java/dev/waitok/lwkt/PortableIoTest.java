package dev.waitok.lwkt;

/** Channels on portable dispatch. */
class PortableIoTest extends IoContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.PORTABLE;
  }
}
