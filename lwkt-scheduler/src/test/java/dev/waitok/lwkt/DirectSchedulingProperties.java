package dev.waitok.lwkt;

/** Random programs on direct dispatch. */
class DirectSchedulingProperties extends SchedulingContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.DIRECT;
  }
}
