package dev.waitok.lwkt.world;

import java.util.List;

/** Where a world's choices come from. Called only where there are two options or more. */
public interface Chooser {

  /**
   * Who goes on.
   *
   * @param options who can; in an order that follows from the choices made before
   * @param currentFirst whether the first of them is the one that runs now, so that any other is a
   *     preemption
   * @return an index
   */
  int actor(List<Actor> options, boolean currentFirst);

  /**
   * What happens, by the program's or a fault's own choice.
   *
   * @param options how many there are
   * @return an index
   */
  int branch(int options);
}
