package dev.waitok.lwkt;

import dev.waitok.lwkt.sched.Tcb;
import dev.waitok.lwkt.sync.TokenCore;
import dev.waitok.lwkt.sync.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * A token: it excludes others only while its holder runs. Every block or switch gives all tokens
 * up, and the holder has them all back before it runs on; being preempted gives nothing up. So what
 * a token protects may change across any call that can wait, and tokens cannot deadlock, in
 * whatever order they are taken. They are released in the reverse order, may be taken again by
 * their holder, and a thread has at most 32.
 *
 * <pre>{@code
 * try (var _ = token.acquire()) { ... }
 * }</pre>
 */
public final class Token {
  private final TokenCore core;
  private final Hold hold = new Hold(this);

  /**
   * Makes a token that nobody holds.
   *
   * @param name its name, for people
   */
  public Token(String name) {
    core = new TokenCore(name);
  }

  /**
   * Takes it, waiting off the cpu if another thread has it. A preempting interrupt thread first
   * switches away. By LWKT threads only.
   *
   * @return closes to {@link #release}
   * @throws MustBlock in a FAST interrupt
   * @throws CannotBlockException in a hard section
   * @throws IllegalStateException if the thread holds 32 tokens
   */
  public Hold acquire() {
    Tokens.acquire(Lwkt.self("Token.acquire"), core);
    return hold;
  }

  /**
   * Takes it if it is free; never waits, and does not make a preemptor switch.
   *
   * @return whether the caller has it now
   * @throws MustBlock in a FAST interrupt
   * @throws CannotBlockException in a hard section
   */
  public boolean tryAcquire() {
    return Tokens.tryAcquire(Lwkt.self("Token.tryAcquire"), core);
  }

  /**
   * Releases it.
   *
   * @throws IllegalStateException if it is not the one that the caller took last
   */
  public void release() {
    Tokens.release(Lwkt.self("Token.release"), core);
  }

  /**
   * Whether the calling thread holds it.
   *
   * @return true if it does
   */
  public boolean isHeld() {
    Tcb self = Tcb.current();
    return self != null && core.owner() == self;
  }

  /**
   * Its name.
   *
   * @return the name
   */
  public String name() {
    return core.name();
  }

  @Override
  public String toString() {
    @Nullable Tcb owner = core.owner();
    return "token " + name() + (owner == null ? ", free" : ", held by " + owner.name());
  }

  /** A token that is held; closing it releases it. */
  public static final class Hold implements AutoCloseable {
    private final Token token;

    private Hold(Token token) {
      this.token = token;
    }

    @Override
    public void close() {
      token.release();
    }
  }
}
