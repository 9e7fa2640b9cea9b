package dev.waitok.lwkt;

class DirectMixedCallersTest extends MixedCallersContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.DIRECT;
  }
}
