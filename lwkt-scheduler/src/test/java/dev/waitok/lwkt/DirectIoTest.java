package dev.waitok.lwkt;

/** Channels on direct dispatch. */
class DirectIoTest extends IoContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.DIRECT;
  }
}
