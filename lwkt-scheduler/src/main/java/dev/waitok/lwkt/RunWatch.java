package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.CpuScheduler;
import dev.waitok.lwkt.sched.RunLog;
import dev.waitok.lwkt.sched.RunLogging;
import dev.waitok.lwkt.sched.Tcb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes events of what the cpus' run logs hold, while a recording wants them. One thread's. */
final class RunWatch {
  /** How often logs are emptied while they are kept. */
  static final long EVERY_NANOS = 50_000_000;

  private final String scheduler;

  /** From the cpus' clock to time since 1970, once for all: runs must not drift apart. */
  private long sinceEpoch;

  private List<CpuLog> logs = List.of();

  RunWatch(String scheduler) {
    this.scheduler = scheduler;
  }

  /** Before the cpus open: what they do from the start on is logged if it is wanted. */
  void begin(List<CpuScheduler> cpus) {
    if (RunEvent.isOn()) {
      logs = newLogs(cpus);
      RunLogging.begin();
      logs.forEach(log -> log.cpu.tell(log.entries));
    }
  }

  /** Starts or ends the logging as is wanted, and tells what was logged. */
  void look(List<CpuScheduler> cpus) {
    boolean wanted = RunEvent.isOn();
    if (wanted && logs.isEmpty()) {
      logs = newLogs(cpus);
      RunLogging.begin();
      logs.forEach(log -> log.cpu.send(() -> log.cpu.tell(log.entries)));
    }
    logs.forEach(CpuLog::drain);
    if (!wanted) {
      end();
    }
  }

  /** The last look: the cpus have ended, or nobody wants to know. */
  void end() {
    if (!logs.isEmpty()) {
      logs.forEach(log -> log.cpu.send(() -> log.cpu.tell(null)));
      logs = List.of();
      RunLogging.end();
    }
  }

  boolean isLogging() {
    return !logs.isEmpty();
  }

  private List<CpuLog> newLogs(List<CpuScheduler> cpus) {
    List<CpuLog> all = new ArrayList<>();
    for (CpuScheduler cpu : cpus) {
      if (sinceEpoch == 0) {
        Instant now = Instant.now();
        sinceEpoch = now.getEpochSecond() * 1_000_000_000 + now.getNano() - cpu.nanoTime();
      }
      all.add(new CpuLog(cpu));
    }
    return all;
  }

  /** One cpu's log, and what has begun there and not ended. */
  private final class CpuLog {
    private final CpuScheduler cpu;
    private final RunLog entries = new RunLog();
    private @Nullable Tcb running;
    private RunLog.Kind kind = RunLog.Kind.IDLE;
    private long since;
    private long fastSince;

    CpuLog(CpuScheduler cpu) {
      this.cpu = cpu;
    }

    void drain() {
      entries.drain(this::began);
    }

    private void began(Tcb thread, RunLog.Kind what, long nanos) {
      switch (what) {
        case FAST -> fastSince = nanos;
        case FAST_ENDS -> commit(thread, RunLog.Kind.FAST, fastSince, nanos);
        default -> {
          Tcb before = running;
          if (before != null && kind != RunLog.Kind.IDLE) {
            commit(before, kind, since, nanos);
          }
          running = thread;
          kind = what;
          since = nanos;
        }
      }
    }

    private void commit(Tcb thread, RunLog.Kind what, long from, long to) {
      RunEvent event = new RunEvent();
      if (event.shouldCommit()) {
        event.scheduler = scheduler;
        event.cpu = cpu.index();
        event.thread = thread.name();
        event.number = ((LwktThread) thread.face()).number();
        event.priority = thread.priority();
        event.kind = what.name().toLowerCase(Locale.ROOT);
        event.ran = to - from;
        event.lost = entries.lost();
        event.began = from + sinceEpoch;
        event.commit();
      }
    }
  }
}
