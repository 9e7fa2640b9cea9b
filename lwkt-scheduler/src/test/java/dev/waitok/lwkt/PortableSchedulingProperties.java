package dev.waitok.lwkt;

/** Random programs on portable dispatch. */
class PortableSchedulingProperties extends SchedulingContract {
  @Override
  Dispatch dispatch() {
    return Dispatch.PORTABLE;
  }
}
