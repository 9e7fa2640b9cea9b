package dev.waitok.audit;

import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StackInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows every way through one method's code and notes what becomes of the results of calls
 * without wait, which calls are made at which depth of hard sections, and which functions are
 * handed to code that runs them in one. Instructions are visited until nothing new is learned.
 */
final class MethodFlow {
  /** A call that was met. */
  record Call(String owner, String name, String type, int line, int hardDepth) {}

  /** A use of a result that may be null. */
  record Misuse(int site, int line, String use) {}

  private static final int MOST_DEPTH = 8;

  private final List<CodeElement> code;
  private final Map<Label, Integer> labels = new HashMap<>();
  private final int[] lines;
  private final List<ExceptionCatch> handlers = new ArrayList<>();
  private final @Nullable Frame[] frames;
  private final Deque<Integer> work = new ArrayDeque<>();

  private final Map<Integer, Call> calls = new TreeMap<>();
  private final Map<Integer, String> sites = new TreeMap<>();
  private final Set<Integer> used = new HashSet<>();
  private final Map<Integer, Misuse> misuses = new TreeMap<>();
  private final Set<DirectMethodHandleDesc> hardFunctions = new HashSet<>();

  MethodFlow(CodeModel model) {
    code = model.elementList();
    lines = new int[code.size()];
    int line = 0;
    for (int i = 0; i < lines.length; i++) {
      switch (code.get(i)) {
        case LineNumber number -> line = number.line();
        case LabelTarget target -> labels.put(target.label(), i);
        case ExceptionCatch handler -> handlers.add(handler);
        default -> {}
      }
      lines[i] = line;
    }
    frames = new Frame[lines.length];
    enter(0, new Frame());
    while (!work.isEmpty()) {
      visit(work.remove());
    }
  }

  /** The calls that can be reached, in the order of the code. */
  List<Call> calls() {
    return List.copyOf(calls.values());
  }

  /** Results that are used on a way on which they may be null, the first use of each. */
  List<Misuse> misuses() {
    return List.copyOf(misuses.values());
  }

  /** Line and name of calls whose result nobody uses. */
  Map<Integer, String> ignored() {
    Map<Integer, String> ignored = new TreeMap<>();
    sites.forEach(
        (site, name) -> {
          if (!used.contains(site)) {
            ignored.put(lines[site], name);
          }
        });
    return ignored;
  }

  /** The name of the call that gave a result. */
  String nameOf(int site) {
    return sites.getOrDefault(site, "a call without wait");
  }

  int lineOf(int site) {
    return lines[site];
  }

  /** Methods behind functions that are given to code that runs them in a hard section. */
  Set<DirectMethodHandleDesc> hardFunctions() {
    return hardFunctions;
  }

  private void enter(int index, Frame frame) {
    if (index >= frames.length) {
      return;
    }
    Frame known = frames[index];
    if (known == null) {
      frames[index] = frame.copy();
      work.add(index);
    } else if (known.join(frame)) {
      work.add(index);
    }
  }

  private void visit(int index) {
    Frame known = frames[index];
    if (known == null) {
      return;
    }
    Frame frame = known.copy();
    if (code.get(index) instanceof Instruction instruction) {
      for (ExceptionCatch handler : handlers) {
        if (index >= at(handler.tryStart()) && index < at(handler.tryEnd())) {
          enter(at(handler.handler()), frame.thrown());
        }
      }
      step(index, instruction, frame);
    } else {
      enter(index + 1, frame);
    }
  }

  private int at(Label label) {
    return labels.getOrDefault(label, frames.length);
  }

  private void step(int index, Instruction instruction, Frame frame) {
    switch (instruction) {
      case BranchInstruction branch -> {
        branch(branch, index, frame);
        return;
      }
      case TableSwitchInstruction table -> {
        frame.pop();
        enter(at(table.defaultTarget()), frame);
        table.cases().forEach(c -> enter(at(c.target()), frame));
        return;
      }
      case LookupSwitchInstruction lookup -> {
        frame.pop();
        enter(at(lookup.defaultTarget()), frame);
        lookup.cases().forEach(c -> enter(at(c.target()), frame));
        return;
      }
      case ReturnInstruction back -> {
        use(frame.pop(back.typeKind().slotSize()));
        return;
      }
      case ThrowInstruction _ -> {
        return;
      }
      default -> straight(index, instruction, frame);
    }
    enter(index + 1, frame);
  }

  private void branch(BranchInstruction branch, int index, Frame frame) {
    Opcode opcode = branch.opcode();
    int target = at(branch.target());
    switch (opcode) {
      case GOTO, GOTO_W -> enter(target, frame);
      case IFNULL, IFNONNULL -> {
        Value tested = frame.pop();
        use(tested);
        Frame isNull = frame.copy();
        Frame isBlock = frame.copy();
        if (tested.isResult()) {
          isNull.settle(tested, tested.as(Value.Kind.NULL));
          isBlock.settle(tested, Value.UNKNOWN);
        }
        boolean jumpsIfNull = opcode == Opcode.IFNULL;
        enter(jumpsIfNull ? index + 1 : target, isBlock);
        if (tested.kind() != Value.Kind.HOLD) {
          enter(jumpsIfNull ? target : index + 1, isNull);
        }
      }
      case IF_ICMPEQ,
          IF_ICMPNE,
          IF_ICMPLT,
          IF_ICMPGE,
          IF_ICMPGT,
          IF_ICMPLE,
          IF_ACMPEQ,
          IF_ACMPNE -> {
        look(frame.pop(), frame);
        look(frame.pop(), frame);
        enter(target, frame);
        enter(index + 1, frame);
      }
      default -> {
        look(frame.pop(), frame);
        enter(target, frame);
        enter(index + 1, frame);
      }
    }
  }

  /** A result, or what a comparison of one gave, was looked at: it counts as checked. */
  private void look(Value value, Frame frame) {
    use(value);
    if (value.isResult() || value.kind() == Value.Kind.COMPARED) {
      frame.settle(value, Value.UNKNOWN);
    }
  }

  private void straight(int index, Instruction instruction, Frame frame) {
    switch (instruction) {
      case LoadInstruction load -> {
        Value value = frame.local(load.slot());
        use(value);
        push(frame, load.typeKind(), value);
      }
      case StoreInstruction store ->
          frame.local(store.slot(), frame.pop(store.typeKind().slotSize()));
      case ConstantInstruction constant -> push(frame, constant.typeKind(), Value.UNKNOWN);
      case FieldInstruction field -> field(index, field, frame);
      case InvokeInstruction invoke -> invoke(index, invoke, frame);
      case InvokeDynamicInstruction dynamic -> dynamic(dynamic, frame);
      case ArrayLoadInstruction load -> {
        frame.pop(2);
        push(frame, load.typeKind(), Value.UNKNOWN);
      }
      case ArrayStoreInstruction store -> {
        use(frame.pop(store.typeKind().slotSize()));
        frame.pop(2);
      }
      case OperatorInstruction operator -> operate(index, operator, frame);
      case ConvertInstruction convert -> {
        misuse(index, frame.pop(convert.fromType().slotSize()), "a conversion");
        push(frame, convert.toType(), Value.UNKNOWN);
      }
      case StackInstruction stack -> stack(stack, frame);
      case TypeCheckInstruction check -> {
        if (check.opcode() == Opcode.INSTANCEOF) {
          look(frame.pop(), frame);
          frame.push(Value.UNKNOWN);
        }
      }
      case NewObjectInstruction _ -> frame.push(Value.UNKNOWN);
      case NewPrimitiveArrayInstruction _ -> {
        frame.pop();
        frame.push(Value.UNKNOWN);
      }
      case NewReferenceArrayInstruction _ -> {
        frame.pop();
        frame.push(Value.UNKNOWN);
      }
      case NewMultiArrayInstruction multi -> {
        frame.pop(multi.dimensions());
        frame.push(Value.UNKNOWN);
      }
      case MonitorInstruction _ -> frame.pop();
      default -> {} // nop and iinc change nothing here
    }
  }

  private static void push(Frame frame, TypeKind kind, Value value) {
    if (kind.slotSize() == 2) {
      frame.pushWide(value);
    } else if (kind.slotSize() == 1) {
      frame.push(value);
    }
  }

  private void use(Value value) {
    used.addAll(value.sites());
  }

  private void misuse(int index, Value value, String use) {
    use(value);
    if (value.isResult()) {
      for (int site : value.sites()) {
        misuses.putIfAbsent(site, new Misuse(site, lines[index], use));
      }
    }
  }

  private void field(int index, FieldInstruction field, Frame frame) {
    TypeKind kind = TypeKind.from(field.typeSymbol());
    switch (field.opcode()) {
      case GETFIELD -> {
        misuse(index, frame.pop(), field.name().stringValue());
        push(frame, kind, Value.UNKNOWN);
      }
      case GETSTATIC -> push(frame, kind, Value.UNKNOWN);
      case PUTFIELD -> {
        use(frame.pop(kind.slotSize()));
        frame.pop();
      }
      default -> use(frame.pop(kind.slotSize()));
    }
  }

  private void invoke(int index, InvokeInstruction invoke, Frame frame) {
    String owner = invoke.owner().asInternalName();
    String name = invoke.name().stringValue();
    MethodTypeDesc type = invoke.typeSymbol();
    boolean needsBlock = Api.needsABlock(owner, name);
    List<ClassDesc> parameters = type.parameterList();
    for (int i = parameters.size() - 1; i >= 0; i--) {
      Value argument = frame.pop(TypeKind.from(parameters.get(i)).slotSize());
      if (needsBlock) {
        misuse(index, argument, name);
      } else {
        use(argument);
      }
      DirectMethodHandleDesc function = argument.lambda();
      if (function != null && Api.runsHard(owner, name)) {
        hardFunctions.add(function);
      }
    }
    if (invoke.opcode() != Opcode.INVOKESTATIC) {
      misuse(index, frame.pop(), name);
    }
    calls.merge(
        index,
        new Call(owner, name, type.descriptorString(), lines[index], frame.hardDepth),
        (a, b) -> a.hardDepth() >= b.hardDepth() ? a : b);
    frame.hardDepth = Math.clamp(frame.hardDepth + Api.hardDepth(owner, name), 0, MOST_DEPTH);
    Value result = Value.UNKNOWN;
    if (Api.mayGiveNull(owner, name)) {
      sites.put(index, name);
      result = Value.of(Value.Kind.MAYBE, index);
    } else if (Api.givesHold(owner, name)) {
      result = Value.HOLD;
    }
    push(frame, TypeKind.from(type.returnType()), result);
  }

  private void dynamic(InvokeDynamicInstruction dynamic, Frame frame) {
    MethodTypeDesc type = dynamic.typeSymbol();
    List<ClassDesc> captured = type.parameterList();
    for (int i = captured.size() - 1; i >= 0; i--) {
      use(frame.pop(TypeKind.from(captured.get(i)).slotSize()));
    }
    Value result = Value.UNKNOWN;
    for (ConstantDesc argument : dynamic.bootstrapArgs()) {
      if (argument instanceof DirectMethodHandleDesc method) {
        result = Value.of(method);
      }
    }
    push(frame, TypeKind.from(type.returnType()), result);
  }

  private void operate(int index, OperatorInstruction operator, Frame frame) {
    switch (operator.opcode()) {
      case LCMP -> {
        Value right = frame.pop(2);
        Value left = frame.pop(2);
        Value compared = left.isResult() ? left : right;
        use(left);
        use(right);
        frame.push(compared.isResult() ? compared.as(Value.Kind.COMPARED) : Value.UNKNOWN);
      }
      case FCMPL, FCMPG, DCMPL, DCMPG -> {
        frame.pop(2 * operator.typeKind().slotSize());
        frame.push(Value.UNKNOWN);
      }
      case ARRAYLENGTH -> {
        frame.pop();
        frame.push(Value.UNKNOWN);
      }
      case INEG, LNEG, FNEG, DNEG -> {}
      case LSHL, LSHR, LUSHR -> {
        frame.pop();
        misuse(index, frame.pop(2), "arithmetic");
        frame.pushWide(Value.UNKNOWN);
      }
      default -> {
        int slots = operator.typeKind().slotSize();
        misuse(index, frame.pop(slots), "arithmetic");
        misuse(index, frame.pop(slots), "arithmetic");
        push(frame, operator.typeKind(), Value.UNKNOWN);
      }
    }
  }

  private static void stack(StackInstruction stack, Frame frame) {
    switch (stack.opcode()) {
      case POP -> frame.pop();
      case POP2 -> frame.pop(2);
      case DUP -> frame.dup(1, 0);
      case DUP_X1 -> frame.dup(1, 1);
      case DUP_X2 -> frame.dup(1, 2);
      case DUP2 -> frame.dup(2, 0);
      case DUP2_X1 -> frame.dup(2, 1);
      case DUP2_X2 -> frame.dup(2, 2);
      default -> frame.swap();
    }
  }
}
