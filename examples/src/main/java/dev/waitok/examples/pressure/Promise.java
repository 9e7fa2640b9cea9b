package dev.waitok.examples.pressure;

import dev.waitok.examples.cli.DispatchOption;
import java.util.List;

/**
 * A promise of the allocator and what it is tried with.
 *
 * @param name in a few words
 * @param parts each adds figures; all of them have to be within their bounds
 */
record Promise(String name, List<Scenario> parts) {
  Promise(String name, Scenario... parts) {
    this(name, List.of(parts));
  }

  /** All of them; those that need LWKT threads dispatch them so. */
  static List<Promise> all(DispatchOption dispatch) {
    return List.of(
        new Promise("dirty pages", new DirtyPages(), new WriteErrors(), new SecondChance()),
        new Promise("pageout", new Aging(), new RunReclaim(), new StuckPageout(), new Reserve()),
        new Promise("reclaimers", new Reclaiming(), new ReclaimerRules(), new CacheGivesWay()),
        new Promise(
            "fair waits",
            new FairWait(),
            new InLine(),
            new Relief(),
            new Deadlines(),
            new IdleWaiters()),
        new Promise("event loops", new Futures(), new EventLoop()),
        new Promise(
            "back-pressure", new BackPressure(), new Levels(), new Limits(), new LimitTree()),
        new Promise("given back", new GivenBack(), new Survivors(), new HugePages()),
        new Promise("no stall", new NoStall()),
        new Promise("exhaustion", new Exhaustion(), new KeepWaiting(), new NobodyCanRun(dispatch)),
        new Promise("virtual threads", new Crowd(), new DeadThreads()));
  }

  /** Tries it, part by part. */
  ScenarioResult keep() throws Exception {
    Figures figures = new Figures(name);
    for (Scenario part : parts) {
      part.run(figures);
    }
    return figures.result();
  }
}
