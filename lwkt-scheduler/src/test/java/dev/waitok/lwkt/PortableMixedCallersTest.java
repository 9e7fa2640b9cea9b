package dev.waitok.lwkt;

class PortableMixedCallersTest extends MixedCallersContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.PORTABLE;
  }
}
