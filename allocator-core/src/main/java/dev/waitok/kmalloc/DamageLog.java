package dev.waitok.kmalloc;

import dev.waitok.kmalloc.guard.Damage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what was found to be damaged. Runs on a service thread. */
final class DamageLog implements Consumer<Damage> {
  private static final Logger LOG = LoggerFactory.getLogger(Kmalloc.class);

  private final @Nullable Consumer<? super MemoryDamage> handler;

  DamageLog(@Nullable Consumer<? super MemoryDamage> handler) {
    this.handler = handler;
  }

  @Override
  public void accept(Damage found) {
    MemoryDamage damage = MemoryDamage.of(found);
    LOG.error("memory was damaged: {}", damage);
    if (handler != null) {
      handler.accept(damage);
    }
  }
}
