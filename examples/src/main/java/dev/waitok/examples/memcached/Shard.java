package dev.waitok.examples.memcached;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of the items, in the order of their last use. Its user holds its monitor. */
final class Shard {
  private final Map<Key, Item> items = new LinkedHashMap<>(16, 0.75f, true);

  @Nullable Item get(Key key) {
    return items.get(key);
  }

  @Nullable Item put(Key key, Item item) {
    return items.put(key, item);
  }

  @Nullable Item take(Key key) {
    return items.remove(key);
  }

  @Nullable Item eldest() {
    Iterator<Item> all = items.values().iterator();
    return all.hasNext() ? all.next() : null;
  }

  @Nullable Item takeEldest() {
    Iterator<Item> all = items.values().iterator();
    if (!all.hasNext()) {
      return null;
    }
    Item eldest = all.next();
    all.remove();
    return eldest;
  }

  List<Item> takeAll() {
    List<Item> all = new ArrayList<>(items.values());
    items.clear();
    return all;
  }

  int size() {
    return items.size();
  }
}
