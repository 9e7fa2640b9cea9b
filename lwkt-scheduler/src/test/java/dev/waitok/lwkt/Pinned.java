package dev.waitok.lwkt;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs code in a class initialiser, which keeps a virtual thread on its carrier. */
final class Pinned {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ScopedBody BODY = new ScopedBody();

  private static final class ScopedBody {
    private Runnable current = () -> {};
  }

  private Pinned() {}

  /** Called by the generated initialisers. */
  static void call() {
    Runnable body = BODY.current;
    BODY.current = () -> {};
    body.run();
  }

  /** Runs a body, once, with a class initialiser on the stack; one caller at a time. */
  static void run(Runnable body) {
    String name = "dev.waitok.lwkt.PinnedBy" + NUMBER.getAndIncrement();
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(name),
                type ->
                    type.withMethodBody(
                        ConstantDescs.CLASS_INIT_NAME,
                        ConstantDescs.MTD_void,
                        ClassFile.ACC_STATIC,
                        code ->
                            code.invokestatic(
                                    ClassDesc.of("dev.waitok.lwkt.Pinned"),
                                    "call",
                                    MethodTypeDesc.of(ConstantDescs.CD_void))
                                .return_()));
    try {
      Class<?> type = MethodHandles.lookup().defineClass(bytes);
      BODY.current = body;
      MethodHandles.lookup().ensureInitialized(type);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(new IOException("cannot define " + name, e));
    }
  }
}
