package dev.waitok.lwkt;

/** Concurrent programs on portable dispatch. */
class PortableConcurrencyProperties extends ConcurrencyContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.PORTABLE;
  }
}
