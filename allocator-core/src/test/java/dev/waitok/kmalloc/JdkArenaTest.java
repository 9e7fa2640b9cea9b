package dev.waitok.kmalloc;

import java.lang.foreign.Arena;

/** That the contract is the JDK's. */
class JdkArenaTest extends ArenaContract {
  @Override
  Arena confined() {
    return Arena.ofConfined();
  }

  @Override
  Arena shared() {
    return Arena.ofShared();
  }
}
