package dev.waitok.lwkt;

/** Rest on direct dispatch. */
class DirectRestTest extends RestContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.DIRECT;
  }
}
