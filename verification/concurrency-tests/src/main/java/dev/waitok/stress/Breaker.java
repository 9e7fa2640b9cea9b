package dev.waitok.stress;

import dev.waitok.stress.Break.How;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/** Rewrites a class so that one call in one method is broken. */
public final class Breaker {
  private static final ClassDesc NOT_ATOMIC = NotAtomic.class.describeConstable().orElseThrow();
  private static final ClassDesc EXECUTIONS = Executions.class.describeConstable().orElseThrow();

  private final String method;
  private final String call;
  private final int place;
  private final How how;
  private int seen;

  /** A breaker of one call. */
  public Breaker(String method, String call, int place, How how) {
    this.method = method;
    this.call = call;
    this.place = place;
    this.how = how;
  }

  /**
   * The broken class.
   *
   * @throws IllegalStateException if the class has no such place any more
   */
  public byte[] rewrite(byte[] classFile) {
    ClassFile format = ClassFile.of();
    ClassModel model = format.parse(classFile);
    byte[] broken =
        format.transformClass(
            model,
            (builder, element) -> {
              if (element instanceof java.lang.classfile.MethodModel m
                  && m.methodName().equalsString(method)) {
                builder.transformMethod(
                    m, java.lang.classfile.MethodTransform.transformingCode(transform()));
              } else {
                builder.with(element);
              }
            });
    if (seen < place) {
      throw new IllegalStateException(
          "no " + call + " in " + model.thisClass().asInternalName() + "." + method);
    }
    return broken;
  }

  private CodeTransform transform() {
    return (code, element) -> {
      if (!isCallOrRead(element) || ++seen != place) {
        code.with(element);
      } else if (element instanceof InvokeInstruction invoke) {
        breakCall(code, invoke);
      } else {
        leaveOutRead(code, (FieldInstruction) element);
      }
    };
  }

  private boolean isCallOrRead(CodeElement element) {
    if (element instanceof InvokeInstruction invoke) {
      return invoke.name().equalsString(call);
    }
    return element instanceof FieldInstruction field
        && field.opcode() == Opcode.GETFIELD
        && field.name().equalsString(call);
  }

  private static void leaveOutRead(CodeBuilder code, FieldInstruction field) {
    code.pop();
    if (TypeKind.from(field.typeSymbol()) == TypeKind.LONG) {
      code.lconst_0();
    } else {
      nothing(code, field.typeSymbol());
    }
  }

  private void breakCall(CodeBuilder code, InvokeInstruction invoke) {
    switch (how) {
      case WEAKER ->
          code.invoke(
              invoke.opcode(),
              invoke.owner().asSymbol(),
              call.replace("Volatile", "Opaque"),
              invoke.typeSymbol(),
              false);
      case NOT_ATOMIC -> code.invokestatic(NOT_ATOMIC, call, notAtomicType(invoke));
      case LEFT_OUT, ALWAYS_TRUE -> {
        drop(code, invoke);
        if (how == How.ALWAYS_TRUE) {
          code.iconst_1();
        } else {
          nothing(code, invoke.typeSymbol().returnType());
        }
      }
      case LEFT_OUT_FIRST -> leaveOutOnce(code, invoke, 1);
      case LEFT_OUT_SECOND -> leaveOutOnce(code, invoke, 2);
    }
  }

  /** The receiver in front, and all that is no primitive as an object. */
  private static MethodTypeDesc notAtomicType(InvokeInstruction invoke) {
    List<ClassDesc> parameters = new ArrayList<>();
    parameters.add(invoke.owner().asSymbol());
    for (ClassDesc parameter : invoke.typeSymbol().parameterList()) {
      parameters.add(parameter.isPrimitive() ? parameter : ConstantDescs.CD_Object);
    }
    return MethodTypeDesc.of(invoke.typeSymbol().returnType(), parameters);
  }

  private static void drop(CodeBuilder code, InvokeInstruction invoke) {
    for (ClassDesc parameter : invoke.typeSymbol().parameterList().reversed()) {
      dropOne(code, parameter);
    }
    if (invoke.opcode() != Opcode.INVOKESTATIC) {
      code.pop();
    }
  }

  private static void dropOne(CodeBuilder code, ClassDesc type) {
    if (TypeKind.from(type).slotSize() == 2) {
      code.pop2();
    } else {
      code.pop();
    }
  }

  private static void nothing(CodeBuilder code, ClassDesc type) {
    switch (TypeKind.from(type).asLoadable()) {
      case VOID -> {}
      case LONG -> code.loadConstant(-1L);
      case INT -> code.iconst_0();
      case REFERENCE -> code.aconst_null();
      default -> throw new IllegalStateException("no value of " + type.displayName());
    }
  }

  /** The arguments go into locals; then the call is made, or not, by its first argument. */
  private static void leaveOutOnce(CodeBuilder code, InvokeInstruction invoke, int which) {
    MethodTypeDesc type = invoke.typeSymbol();
    int[] slots = new int[type.parameterCount()];
    for (int i = slots.length - 1; i >= 0; i--) {
      TypeKind kind = TypeKind.from(type.parameterType(i));
      slots[i] = code.allocateLocal(kind);
      code.storeLocal(kind, slots[i]);
    }
    Label leftOut = code.newLabel();
    Label end = code.newLabel();
    code.aload(slots[0])
        .loadConstant(which)
        .invokestatic(
            EXECUTIONS,
            "leaveOut",
            MethodTypeDesc.of(
                ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_int))
        .ifne(leftOut);
    for (int i = 0; i < slots.length; i++) {
      code.loadLocal(TypeKind.from(type.parameterType(i)), slots[i]);
    }
    code.with(invoke).goto_(end).labelBinding(leftOut).pop();
    nothing(code, type.returnType());
    code.labelBinding(end);
  }
}
