package dev.waitok.lwkt;

/** Concurrent programs on direct dispatch. */
class DirectConcurrencyProperties extends ConcurrencyContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.DIRECT;
  }
}
