package dev.waitok.kmalloc;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An allocator in the platform's MBean server, for as long as it is registered. */
final class JmxExport implements KmallocMXBean, Registration {
  private static final Logger LOG = LoggerFactory.getLogger(JmxExport.class);

  private final Kmalloc kmalloc;
  private final MBeanServer server;
  private final ObjectName name;
  private final AtomicBoolean closed = new AtomicBoolean();

  private JmxExport(Kmalloc kmalloc, MBeanServer server, ObjectName name) {
    this.kmalloc = kmalloc;
    this.server = server;
    this.name = name;
  }

  static JmxExport of(Kmalloc kmalloc, String name) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName objectName =
          new ObjectName("dev.waitok:type=Kmalloc,name=" + ObjectName.quote(name));
      JmxExport export = new JmxExport(kmalloc, server, objectName);
      server.registerMBean(export, objectName);
      return export;
    } catch (InstanceAlreadyExistsException e) {
      throw new IllegalStateException("JMX has an allocator of this name: " + name, e);
    } catch (JMException e) {
      throw new IllegalStateException("JMX does not take the allocator " + name, e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        server.unregisterMBean(name);
      } catch (InstanceNotFoundException e) {
        LOG.debug("somebody else took {} off", name, e);
      } catch (JMException e) {
        LOG.warn("{} could not be taken off", name, e);
      }
    }
  }

  @Override
  public PageCounts getPages() {
    return kmalloc.pages();
  }

  @Override
  public PageStatistics getPageStatistics() {
    return kmalloc.pageStatistics();
  }

  @Override
  public Thresholds getThresholds() {
    return kmalloc.thresholds();
  }

  @Override
  public List<TypeStatistics> getTypes() {
    return kmalloc.statistics();
  }

  @Override
  public List<ReclaimerStatistics> getReclaimers() {
    return kmalloc.reclaimers();
  }

  @Override
  public PressureLevel getPressure() {
    return kmalloc.pressure();
  }

  @Override
  public long getUsedBytes() {
    return kmalloc.report().used();
  }

  @Override
  public long getRetainedBytes() {
    return kmalloc.report().retained();
  }

  @Override
  public long getResidentBytes() {
    return kmalloc.residentBytes().orElse(-1);
  }

  @Override
  public String report() {
    return kmalloc.report().toString();
  }

  @Override
  public String vmstat() {
    return kmalloc.report().vmstat();
  }
}
