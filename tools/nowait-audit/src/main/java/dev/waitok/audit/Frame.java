package dev.waitok.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Locals and stack at one instruction, a long or double in two slots, and the depth of sections.
 */
final class Frame {
  private final List<Value> stack;
  private final Map<Integer, Value> locals;
  int hardDepth;

  Frame() {
    this(new ArrayList<>(), new HashMap<>(), 0);
  }

  private Frame(List<Value> stack, Map<Integer, Value> locals, int hardDepth) {
    this.stack = stack;
    this.locals = locals;
    this.hardDepth = hardDepth;
  }

  Frame copy() {
    return new Frame(new ArrayList<>(stack), new HashMap<>(locals), hardDepth);
  }

  /** As an exception's handler finds it. */
  Frame thrown() {
    Frame handler = copy();
    handler.stack.clear();
    handler.push(Value.UNKNOWN);
    return handler;
  }

  void push(Value value) {
    stack.add(value);
  }

  /** A value and its second slot. */
  void pushWide(Value value) {
    stack.add(value);
    stack.add(Value.UNKNOWN);
  }

  Value pop() {
    return stack.isEmpty() ? Value.UNKNOWN : stack.removeLast();
  }

  /** Removes a value of so many slots; gives its first one. */
  Value pop(int slots) {
    Value value = Value.UNKNOWN;
    for (int i = 0; i < slots; i++) {
      value = pop();
    }
    return value;
  }

  /** Copies the upper slots and puts them below some more: all the dups of the JVM. */
  void dup(int slots, int below) {
    List<Value> copied = new ArrayList<>();
    int size = stack.size();
    if (size >= slots + below) {
      copied.addAll(stack.subList(size - slots, size));
      stack.addAll(size - slots - below, copied);
    }
  }

  void swap() {
    Value upper = pop();
    Value lower = pop();
    push(upper);
    push(lower);
  }

  Value local(int slot) {
    return locals.getOrDefault(slot, Value.UNKNOWN);
  }

  void local(int slot, Value value) {
    locals.put(slot, value);
  }

  /** A result is known from here on, wherever it is: null, or a block. */
  void settle(Value result, Value as) {
    stack.replaceAll(v -> v.isResult() && v.sharesSite(result) ? as : v);
    locals.replaceAll((slot, v) -> v.isResult() && v.sharesSite(result) ? as : v);
  }

  /** Joins another way into this one; whether that changed anything. */
  boolean join(Frame other) {
    boolean changed = false;
    for (int i = 0; i < Math.min(stack.size(), other.stack.size()); i++) {
      Value joined = stack.get(i).join(other.stack.get(i));
      changed |= !joined.equals(stack.set(i, joined));
    }
    for (Map.Entry<Integer, Value> entry : other.locals.entrySet()) {
      Value had = local(entry.getKey());
      Value joined = had.join(entry.getValue());
      if (!joined.equals(had)) {
        locals.put(entry.getKey(), joined);
        changed = true;
      }
    }
    if (other.hardDepth > hardDepth) {
      hardDepth = other.hardDepth;
      changed = true;
    }
    return changed;
  }
}
